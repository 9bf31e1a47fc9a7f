//! What single processes may use.

use crate::stand::{MIB, Stand, server, spec};

#[tokio::test]
async fn memory_files_and_core_dumps_of_a_process_are_limited() {
    let stand = Stand::server().await;
    assert_eq!(
        stand.ask("resource.getrlimit(resource.RLIMIT_NOFILE)"),
        "(128, 128)"
    );
    assert_eq!(
        stand.ask("resource.getrlimit(resource.RLIMIT_CORE)"),
        "(0, 0)"
    );
    assert_eq!(
        stand.ask(&format!("len(bytearray({}))", 64 * MIB)),
        (64 * MIB).to_string()
    );
    assert_eq!(
        stand.ask(&format!("len(bytearray({}))", 300 * MIB)),
        "error: MemoryError()"
    );
    let told = stand.ask("[open('/dev/null') for _ in range(200)]");
    assert!(told.contains("Too many open files"), "{told}");
    stand.close().await;
}

#[tokio::test]
async fn children_have_the_same_limits() {
    let stand = Stand::server().await;
    let child = format!(
        "subprocess.run([sys.executable, '-c', 'bytearray({})'], capture_output=True).stderr.decode()",
        300 * MIB
    );
    let told = stand.ask(&child);
    assert!(told.contains("MemoryError"), "{told}");
    stand.close().await;
}

#[tokio::test]
async fn without_limits_it_could_have_had_them() {
    let submission = server();
    let mut spec = spec(&submission);
    spec.app.limits.memory = 1024 * MIB;
    spec.app.limits.open_files = 512;
    let stand = Stand::of(spec, &submission).await;
    assert_eq!(
        stand.ask(&format!("len(bytearray({}))", 300 * MIB)),
        (300 * MIB).to_string()
    );
    assert_eq!(
        stand.ask("len([open('/dev/null') for _ in range(200)])"),
        "200"
    );
    stand.close().await;
}
