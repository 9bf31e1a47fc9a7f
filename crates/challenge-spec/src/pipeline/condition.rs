/// Whether a condition holds, as far as a file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    No,
    Perhaps,
    Yes,
}

impl Truth {
    pub(super) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// What is not ruled out counts.
    pub(super) fn possible(self) -> bool {
        self != Self::No
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Perhaps => Self::Perhaps,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{No, Perhaps, Yes};

    #[test]
    fn what_is_unknown_decides_nothing_alone() {
        assert_eq!([No.and(Perhaps), Yes.and(Perhaps)], [No, Perhaps]);
        assert_eq!([No.or(Perhaps), Yes.or(Perhaps)], [Perhaps, Yes]);
        assert_eq!([!No, !Perhaps, !Yes], [Yes, Perhaps, No]);
    }
}
