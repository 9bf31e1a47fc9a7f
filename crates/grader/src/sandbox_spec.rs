//! A challenge's words into a runner's.

use std::path::PathBuf;

use challenge_spec::{Challenge, model};
use runner::{
    AppLimits, AppSpec, BuildLimits, BuildNetwork, MariaDbSpec, PostgresSpec, RedisProgram,
    RedisSpec, SandboxSpec, ServiceKind, ServiceLimits, ServiceSpec, SqlFile, StubSpec,
    setup::Setup, visit::VisitorSpec,
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
            .map(|(name, service)| self::service(plan, name, service))
            .collect(),
        visited: plan.checks().any(|check| check.suite_test().is_some()),
        replicated: file.replicates(),
    }
}

/// An implementation of the challenge, which the submission's tests visit.
pub(crate) fn of_implementation(plan: &Plan, setup: Setup) -> SandboxSpec {
    let mut spec = of(plan, setup);
    // Nothing is done to its services.
    for service in &mut spec.services {
        service.slowed = false;
    }
    SandboxSpec {
        visited: true,
        replicated: false,
        ..spec
    }
}

/// How a suite is built: one of the challenge, or the submission's own.
pub(crate) fn of_suite(file: &model::ChallengeFile, setup: Setup) -> VisitorSpec {
    VisitorSpec {
        setup,
        build_limits: build_limits(&file.limits.build),
        build_network: build_network(&file.limits.build),
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

pub(crate) fn app_limits(limits: &model::AppLimits) -> AppLimits {
    AppLimits {
        memory: limits.memory.bytes(),
        cpus: limits.cpus.cores(),
        pids: limits.pids,
        open_files: limits.open_files,
        tmp: limits.tmp.bytes(),
        log: limits.log.bytes(),
    }
}

fn service(plan: &Plan, name: &str, service: &model::Service) -> ServiceSpec {
    let limits = service.limits();
    ServiceSpec {
        name: name.to_owned(),
        env: service.env().to_owned(),
        limits: ServiceLimits {
            memory: limits.memory.bytes(),
            cpus: limits.cpus.cores(),
            pids: limits.pids,
            disk: limits.disk.bytes(),
        },
        slowed: plan.file().slows(name),
        kind: kind(plan, name, service),
    }
}

fn kind(plan: &Plan, name: &str, service: &model::Service) -> ServiceKind {
    let challenge = &plan.challenge;
    let version = service.version().to_owned();
    let seed = || seed(challenge, service.seed());
    match service {
        model::Service::Postgres(postgres) => ServiceKind::Postgres(PostgresSpec {
            reset: challenge.file.resets(),
            counts_statements: challenge.file.counts_statements(),
            version,
            database: postgres.database.clone(),
            seed: seed(),
        }),
        model::Service::MariaDb(mariadb) => ServiceKind::MariaDb(MariaDbSpec {
            version,
            database: mariadb.database.clone(),
            seed: seed(),
        }),
        model::Service::Redis(_) => ServiceKind::Redis(RedisSpec {
            program: RedisProgram::Redis,
            version,
        }),
        model::Service::Valkey(_) => ServiceKind::Redis(RedisSpec {
            program: RedisProgram::Valkey,
            version,
        }),
        model::Service::Stub(_) => ServiceKind::Stub(StubSpec {
            behaviour: plan.stubs.get(name).cloned().unwrap_or_default(),
        }),
    }
}

fn seed(challenge: &Challenge, files: &[PathBuf]) -> Vec<SqlFile> {
    let read = |path: &PathBuf| SqlFile {
        name: path.display().to_string(),
        sql: challenge
            .seeds
            .get(path)
            .expect("a loaded challenge has read its seeds")
            .clone(),
    };
    files.iter().map(read).collect()
}
