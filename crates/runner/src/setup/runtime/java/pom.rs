//! `pom.xml`, as far as it says what is built.

use roxmltree::{Document, Node};

/// What is read of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pom {
    pub(super) has_modules: bool,
    /// A dependency is a file of the submission.
    pub(super) has_local_jars: bool,
    /// `jar` where it says nothing.
    pub(super) packaging: String,
    /// What becomes of the app's jar.
    pub(super) assembly: Assembly,
}

/// Where the jar that can be started lies.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assembly {
    /// The only one in `target` that is no jar of sources, documentation or tests.
    #[default]
    Usual,
    /// As Maven's assembly plugin names it.
    WithDependencies,
    /// In a folder of its own.
    Quarkus,
}

impl Pom {
    /// In the error, why it cannot be read. A document type is refused, and with it all entities.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let document = Document::parse(text).map_err(|error| error.to_string())?;
        let project = document.root_element();
        let names = |name: &'static str| {
            project
                .descendants()
                .filter(move |node| node.tag_name().name() == name)
        };
        let says = |name, words: &str| names(name).any(|node| text_of(node) == words);
        let assembly = if says("artifactId", "quarkus-maven-plugin") {
            Assembly::Quarkus
        } else if says("descriptorRef", "jar-with-dependencies") {
            Assembly::WithDependencies
        } else {
            Assembly::Usual
        };
        let mut children = project.children();
        let packaging = children.find(|node| node.tag_name().name() == "packaging");
        Ok(Self {
            has_modules: names("module").any(|node| node.parent().is_some_and(is_modules)),
            has_local_jars: names("systemPath").next().is_some(),
            packaging: packaging.map_or_else(|| "jar".to_owned(), |node| text_of(node).to_owned()),
            assembly,
        })
    }
}

fn is_modules(node: Node<'_, '_>) -> bool {
    node.tag_name().name() == "modules"
}

fn text_of<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_counts_is_read() {
        let text = "<?xml version='1.0'?>
            <project xmlns='http://maven.apache.org/POM/4.0.0'>
              <!-- <packaging>war</packaging> <modules><module>a</module></modules> -->
              <packaging> jar </packaging>
              <build><plugins><plugin><configuration><module>x</module>
                <packaging>war</packaging></configuration></plugin></plugins></build>
            </project>";
        let expected = Pom {
            packaging: "jar".to_owned(),
            ..Pom::default()
        };
        assert_eq!(Pom::read(text), Ok(expected));
    }

    #[test]
    fn modules_and_assemblies_are_seen() {
        let of = |text: &str| Pom::read(&format!("<project>{text}</project>")).unwrap();
        assert!(
            of("<profiles><profile><modules><module>a</module></modules></profile></profiles>")
                .has_modules
        );
        assert!(of("<dependency><systemPath>a.jar</systemPath></dependency>").has_local_jars);
        let plugin = of("<plugin><artifactId>quarkus-maven-plugin</artifactId></plugin>");
        assert_eq!(plugin.assembly, Assembly::Quarkus);
        let reference = of("<descriptorRef>jar-with-dependencies</descriptorRef>");
        assert_eq!(reference.assembly, Assembly::WithDependencies);
        assert_eq!(of("").packaging, "jar");
    }

    #[test]
    fn entities_are_refused() {
        let text = "<!DOCTYPE p [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><project>&e;</project>";
        assert!(Pom::read(text).unwrap_err().contains("DTD"));
    }
}
