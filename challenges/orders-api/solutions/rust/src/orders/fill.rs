//! What an order comes to hold, and what that takes from stock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Item, Quantities};
use crate::{error::Problem, products::Product};

/// The products that have to be known: those wanted and those in the order before.
pub fn skus<'a>(wanted: &'a Quantities, before: &'a [Item]) -> BTreeSet<&'a str> {
    let wanted = wanted.0.keys().map(String::as_str);
    wanted.chain(before.iter().map(|item| &*item.sku)).collect()
}

/// What was in the order before keeps its price; what is new comes at that of now.
pub fn items(
    wanted: &Quantities,
    before: &[Item],
    products: &HashMap<String, Product>,
) -> Result<Vec<Item>, Problem> {
    let item = |(sku, &quantity): (&String, _)| {
        let product = products
            .get(sku)
            .ok_or_else(|| Problem::invalid(format!("There is no product {sku}.")))?;
        let kept = before.iter().find(|item| item.sku == *sku);
        Ok(Item {
            sku: sku.clone(),
            quantity,
            unit_price_cents: kept.map_or(product.price_cents, |item| item.unit_price_cents),
        })
    };
    wanted.0.iter().map(item).collect()
}

/// What has to be taken from stock so that an order holds these items instead of those before; what
/// is below zero is given back. What there is not enough of is refused.
pub fn difference<'a>(
    items: &'a [Item],
    before: &'a [Item],
    products: &HashMap<String, Product>,
) -> Result<BTreeMap<&'a str, i64>, Problem> {
    let mut taken = BTreeMap::new();
    for item in before {
        *taken.entry(&*item.sku).or_default() -= item.quantity;
    }
    for item in items {
        *taken.entry(&*item.sku).or_default() += item.quantity;
    }
    for (sku, &quantity) in &taken {
        if quantity > products.get(*sku).map_or(0, |product| product.stock) {
            let detail = format!("There is not enough of {sku} in stock.");
            return Err(Problem::conflict(detail));
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sku: &str, quantity: i64, unit_price_cents: i64) -> Item {
        Item {
            sku: sku.to_owned(),
            quantity,
            unit_price_cents,
        }
    }

    fn wanted(quantities: &[(&str, i64)]) -> Quantities {
        let owned = quantities
            .iter()
            .map(|(sku, quantity)| ((*sku).to_owned(), *quantity));
        Quantities(owned.collect())
    }

    fn products(known: &[(&str, i64, i64)]) -> HashMap<String, Product> {
        let product = |&(sku, price_cents, stock): &(&str, i64, i64)| {
            let (sku, name) = (sku.to_owned(), String::new());
            (
                sku.clone(),
                Product {
                    sku,
                    name,
                    price_cents,
                    stock,
                    version: 1,
                },
            )
        };
        known.iter().map(product).collect()
    }

    #[test]
    fn a_changed_order_keeps_prices_and_takes_the_difference() {
        let before = [item("mug", 5, 100), item("pot", 2, 900)];
        let products = products(&[("cup", 300, 1), ("mug", 150, 1), ("pot", 950, 0)]);

        let items = items(&wanted(&[("cup", 1), ("mug", 6)]), &before, &products).unwrap();
        assert_eq!(items, [item("cup", 1, 300), item("mug", 6, 100)]);

        let taken = difference(&items, &before, &products).unwrap();
        assert_eq!(taken, BTreeMap::from([("cup", 1), ("mug", 1), ("pot", -2)]));
    }

    #[test]
    fn what_is_short_is_refused() {
        let products = products(&[("mug", 150, 1)]);
        let items = [item("mug", 2, 150)];
        let short = difference(&items, &[], &products);
        assert_eq!(short.unwrap_err().status(), 409);
    }

    #[test]
    fn what_nobody_sells_is_refused() {
        let unknown = items(&wanted(&[("mug", 1)]), &[], &HashMap::new());
        assert_eq!(unknown.unwrap_err().status(), 422);
    }
}
