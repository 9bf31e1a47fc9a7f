//! A challenge's words into a runner's.

use challenge_spec::{Challenge, model};
use runner::{
    AppLimits, AppSpec, BuildLimits, BuildNetwork, PostgresSpec, SandboxSpec, ServiceKind,
    ServiceLimits, ServiceSpec, SqlFile, setup::Setup,
};

use crate::Plan;

pub(crate) fn of(plan: &Plan, setup: Setup) -> SandboxSpec {
    let file = plan.file();
    SandboxSpec {
        run: plan.run.clone(),
        app: AppSpec {
            setup,
            port: file.app.port,
            ready_path: file.app.ready.clone(),
            env: plan.env_text().collect(),
            migrate_within: file.limits.migrate.get(),
            start_within: file.limits.start.get(),
            build_limits: build_limits(&file.limits.build),
            build_network: build_network(&file.limits.build),
            limits: app_limits(&file.limits.app),
        },
        services: file
            .services
            .iter()
            .map(|(name, service)| self::service(&plan.challenge, name, service))
            .collect(),
    }
}

fn build_limits(limits: &model::BuildLimits) -> BuildLimits {
    BuildLimits {
        time: limits.time.get(),
        memory: limits.memory.bytes(),
        cpus: limits.cpus.cores(),
        pids: limits.pids,
        disk: limits.disk.bytes(),
    }
}

fn build_network(limits: &model::BuildLimits) -> BuildNetwork {
    match limits.network {
        model::BuildNetwork::None => BuildNetwork::None,
        model::BuildNetwork::Registries => BuildNetwork::Registries {
            hosts: limits.hosts.clone(),
        },
    }
}

fn app_limits(limits: &model::AppLimits) -> AppLimits {
    AppLimits {
        memory: limits.memory.bytes(),
        cpus: limits.cpus.cores(),
        pids: limits.pids,
        open_files: limits.open_files,
        tmp: limits.tmp.bytes(),
        log: limits.log.bytes(),
    }
}

fn service(challenge: &Challenge, name: &str, service: &model::Service) -> ServiceSpec {
    match service {
        model::Service::Postgres(postgres) => ServiceSpec {
            name: name.to_owned(),
            env: postgres.env.clone(),
            limits: ServiceLimits {
                memory: postgres.limits.memory.bytes(),
                cpus: postgres.limits.cpus.cores(),
                pids: postgres.limits.pids,
                disk: postgres.limits.disk.bytes(),
            },
            kind: ServiceKind::Postgres(PostgresSpec {
                version: postgres.version.clone(),
                database: postgres.database.clone(),
                seed: postgres
                    .seed
                    .iter()
                    .map(|path| SqlFile {
                        name: path.display().to_string(),
                        sql: challenge
                            .seeds
                            .get(path)
                            .expect("a loaded challenge has read its seeds")
                            .clone(),
                    })
                    .collect(),
            }),
        },
    }
}
