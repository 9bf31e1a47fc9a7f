-- What the new indexes begin with, they find as well as these did.
drop index orders_customer, orders_placed_at, customers_email;
