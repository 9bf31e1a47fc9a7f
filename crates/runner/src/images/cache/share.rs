//! How much of an image is its own: engines of 20.10 do not say it in a list.

use std::collections::HashMap;

use bollard::models::ImageSummary;

/// In bytes and by id, what would go if an image were removed: its size without that of the nearest
/// image that it was made from and that stays, because it has a name or others were made from it too.
/// `all` includes the images of a build's steps.
pub(super) fn own_sizes(all: &[ImageSummary]) -> HashMap<&str, u64> {
    let by_id: HashMap<&str, &ImageSummary> = all.iter().map(|i| (i.id.as_str(), i)).collect();
    let mut children: HashMap<&str, usize> = HashMap::new();
    for image in all {
        *children.entry(&image.parent_id).or_default() += 1;
    }
    let stays = |image: &ImageSummary| {
        let named = image.repo_tags.iter().any(|name| name != "<none>:<none>");
        named
            || children
                .get(image.id.as_str())
                .is_some_and(|&count| count > 1)
    };
    let own = |image: &ImageSummary| {
        let mut above = by_id.get(image.parent_id.as_str());
        while let Some(parent) = above
            && !stays(parent)
        {
            above = by_id.get(parent.parent_id.as_str());
        }
        let shared = above.map_or(0, |parent| parent.size);
        u64::try_from(image.size - shared).unwrap_or(0)
    };
    all.iter()
        .map(|image| (image.id.as_str(), own(image)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(id: &str, parent: &str, size: i64, name: &str) -> ImageSummary {
        ImageSummary {
            id: id.to_owned(),
            parent_id: parent.to_owned(),
            size,
            repo_tags: vec![name.to_owned()],
            ..Default::default()
        }
    }

    #[test]
    fn what_others_are_made_of_is_not_ones_own() {
        let none = "<none>:<none>";
        let all = [
            image("base", "", 100, "tryout/base:trixie"),
            // Two submissions with the same dependencies.
            image("step", "base", 150, none),
            image("a-step", "step", 151, none),
            image("a", "a-step", 152, "tryout-cache/app:a"),
            image("b", "step", 155, "tryout-cache/app:b"),
            // Alone on its steps.
            image("c-step", "base", 130, none),
            image("c", "c-step", 140, "tryout-cache/app:c"),
            image("foreign", "gone", 70, "debian:trixie"),
        ];
        let own = own_sizes(&all);
        for (id, size) in [
            ("base", 100),
            ("a", 2),
            ("b", 5),
            ("c", 40),
            ("foreign", 70),
        ] {
            assert_eq!(own[id], size, "{id}");
        }
    }
}
