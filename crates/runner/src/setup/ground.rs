//! Where a submission's commands run: what their paths begin with.

/// Where a submission is built and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// In an image of its own.
    Image,
    /// On this host, without one.
    Host,
}

/// Folders that the commands of a runtime name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folders {
    /// Of programs that are built.
    pub(super) programs: &'static str,
    /// Of tools that only a build needs.
    pub(super) tools: &'static str,
    /// Of files that only a build needs.
    pub(super) scratch: &'static str,
}

impl Ground {
    /// On a host they stand beside the submission's own folder, which is where commands run.
    pub(super) const fn folders(self) -> Folders {
        match self {
            Self::Image => Folders {
                programs: "/usr/local/bin/",
                tools: "/opt",
                scratch: "/tmp",
            },
            Self::Host => Folders {
                programs: "../bin/",
                tools: "../tools",
                scratch: "../tmp",
            },
        }
    }
}
