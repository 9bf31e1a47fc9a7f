/// Choices that depend on a seed alone: the same on every machine and in every version.
#[derive(Debug)]
pub(super) struct Choices(u64);

impl Choices {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of these, or nothing where there are none.
    pub(super) fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(items.len()).ok().filter(|count| *count > 0)?;
        let place = usize::try_from(self.next() % count).ok()?;
        items.get(place)
    }

    /// Vigna's splitmix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn the_numbers_are_those_of_the_algorithm() {
        // The first values of splitmix64 from 1234567, as its author publishes them.
        let mut choices = Choices::new(1_234_567);
        let first = [choices.next(), choices.next(), choices.next()];
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn each_item_is_chosen_by_some_seed() {
        let items = ["a", "b", "c"];
        for item in &items {
            assert!((0..50).any(|seed| Choices::new(seed).one_of(&items) == Some(item)));
        }
        assert_eq!(Choices::new(1).one_of::<u8>(&[]), None);
    }
}
