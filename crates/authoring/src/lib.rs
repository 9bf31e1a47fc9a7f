//! What an author makes of challenges: a skeleton to begin from, a private copy, bundles
//! to hand out.
//!
//! Nothing here starts anything. What is made is made whole or not at all: a challenge as a
//! [`Draft`], which is looked at before it is kept, a bundle as a file that appears once it is
//! written.

pub mod bundle;
mod copy;
mod draft;
mod skeleton;

pub use copy::{Change, Copy, CopyError, private_copy};
pub use draft::{Draft, DraftError};
pub use skeleton::{Skeleton, SkeletonError};
