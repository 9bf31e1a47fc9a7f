//! What a machine does not have.

/// Something that a submission may count on and that was not to be had here, by no fault of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// A service: whatever does not pass, its want may be why.
    Service {
        /// Its name.
        name: String,
        /// Why, and how it is had.
        why: String,
    },
    /// Its own image: that it does not build or start, the want of it may be why. What it answers is
    /// its own.
    Image {
        /// The Dockerfile.
        path: String,
    },
    /// Its language in the version that our images have: the same holds.
    Language {
        /// `Python 3.13`.
        wanted: String,
        /// As this host's program says it.
        has: String,
    },
}

impl std::fmt::Display for Lack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Service { name, why } => write!(f, "for want of the service `{name}` ({why})"),
            Self::Language { wanted, has } => {
                write!(f, "for want of {wanted} (this machine has {has})")
            }
            Self::Image { path } => {
                write!(
                    f,
                    "for want of its own image ({path} takes a container engine)"
                )
            }
        }
    }
}
