//! The versions that a challenge may name are those that there are recipes of.

use std::path::Path;

use challenge_spec::model::Service;

#[test]
fn each_version_that_may_be_named_has_its_recipe() {
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runner-images");
    for kind in ["postgres", "mariadb", "redis", "valkey"] {
        let service = match kind {
            "redis" | "valkey" => serde_json::json!({ kind: { "version": "" } }),
            _ => serde_json::json!({ kind: { "version": "", "database": "shop" } }),
        };
        let service: Service = serde_json::from_value(service).unwrap();
        assert_eq!(service.kind(), kind);
        assert!(!service.versions().is_empty());
        for version in service.versions() {
            let recipe = recipes.join(format!("{kind}-{version}/Dockerfile"));
            assert!(recipe.is_file(), "{}", recipe.display());
        }
    }
}
