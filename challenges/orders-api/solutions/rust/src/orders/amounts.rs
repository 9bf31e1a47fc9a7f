//! What an order costs.

use serde::Serialize;

use super::Item;

const DISCOUNT_FROM_CENTS: i64 = 100_000;
const DISCOUNT_PERCENT: i64 = 5;
const FREE_SHIPPING_FROM_CENTS: i64 = 5_000;
const SHIPPING_CENTS: i64 = 490;

#[derive(Debug, PartialEq, Serialize)]
pub struct Amounts {
    pub subtotal_cents: i64,
    pub discount_cents: i64,
    pub shipping_cents: i64,
    pub total_cents: i64,
}

impl Amounts {
    pub fn of(items: &[Item]) -> Self {
        Self::from_subtotal(
            items
                .iter()
                .map(|item| item.quantity * item.unit_price_cents)
                .sum(),
        )
    }

    fn from_subtotal(subtotal_cents: i64) -> Self {
        let discount_cents = if subtotal_cents >= DISCOUNT_FROM_CENTS {
            // Half a cent is rounded up.
            (subtotal_cents * DISCOUNT_PERCENT + 50) / 100
        } else {
            0
        };
        let discounted_cents = subtotal_cents - discount_cents;
        let shipping_cents = if discounted_cents >= FREE_SHIPPING_FROM_CENTS {
            0
        } else {
            SHIPPING_CENTS
        };
        Self {
            subtotal_cents,
            discount_cents,
            shipping_cents,
            total_cents: discounted_cents + shipping_cents,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discount_and_shipping_begin_and_end_at_their_bounds() {
        for (subtotal, discount, shipping) in [
            (0, 0, 490),
            (4_999, 0, 490),
            (5_000, 0, 0),
            (99_999, 0, 0),
            (100_000, 5_000, 0),
            (100_010, 5_001, 0),
            (100_030, 5_002, 0),
            (19_799_990_001, 989_999_500, 0),
        ] {
            let amounts = Amounts::from_subtotal(subtotal);
            assert_eq!(
                (amounts.discount_cents, amounts.shipping_cents),
                (discount, shipping),
                "{subtotal}"
            );
            assert_eq!(amounts.total_cents, subtotal - discount + shipping);
        }
    }
}
