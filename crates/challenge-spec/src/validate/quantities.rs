use crate::{
    finding::Finding,
    model::{ByteSize, ChallengeFile, Duration, Service},
    path::Path,
};

/// Limits of nothing.
pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let limits = &file.limits;
    let root = Path::root().key("limits");
    let (build, app) = (root.key("build"), root.key("app"));
    for (path, time) in [
        (root.key("migrate"), limits.migrate),
        (root.key("start"), limits.start),
        (root.key("request"), limits.request),
        (root.key("check"), limits.check),
        (build.key("time"), limits.build.time),
    ] {
        findings.extend(no_time(path, time));
    }
    for (path, size) in [
        (root.key("submission").key("size"), limits.submission.size),
        (build.key("memory"), limits.build.memory),
        (build.key("disk"), limits.build.disk),
        (app.key("memory"), limits.app.memory),
        (app.key("tmp"), limits.app.tmp),
        (app.key("log"), limits.app.log),
    ] {
        findings.extend(no_size(path, size));
    }
    for (name, service) in &file.services {
        let path = Path::root().key("services").key(name).key(service.kind());
        let path = path.key("limits");
        findings.extend(too_little(path.key("memory"), service));
        findings.extend(no_size(path.key("disk"), service.limits().disk));
    }
    let hosts = build.key("hosts");
    for (n, host) in limits.build.hosts.iter().enumerate() {
        findings.extend(no_host(hosts.index(n), host));
    }
}

/// A URL, a port, a wildcard: only names are let through.
fn no_host(path: Path, host: &str) -> Option<Finding> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let good = host.contains('.') && host.chars().all(of_name);
    (!good).then(|| {
        Finding::value(path, "this is no host name")
            .label("write the name alone, such as packages.example.com")
    })
}

/// What a server of a kind needs to start and do a little.
fn least_memory(service: &Service) -> ByteSize {
    ByteSize::mib(match service {
        Service::Postgres(_) => 128,
        Service::MariaDb(_) | Service::Stub(_) => 256,
        Service::Redis(_) | Service::Valkey(_) => 32,
    })
}

fn too_little(path: Path, service: &Service) -> Option<Finding> {
    let (given, least) = (service.limits().memory, least_memory(service));
    if given.bytes() == 0 {
        return no_size(path, given);
    }
    (given < least).then(|| {
        let kind = service.kind();
        Finding::value(path, format!("{given} is not enough for `{kind}`"))
            .label(format!("needs {least} or more"))
    })
}

/// A time of zero, where that makes no sense.
pub(super) fn no_time(path: Path, time: Duration) -> Option<Finding> {
    time.get().is_zero().then(|| {
        Finding::value(path, "a time of zero leaves no time for anything")
            .label("must be more than 0")
    })
}

pub(super) fn no_size(path: Path, size: ByteSize) -> Option<Finding> {
    (size.bytes() == 0).then(|| {
        Finding::value(path, "a size of zero leaves room for nothing").label("must be more than 0")
    })
}
