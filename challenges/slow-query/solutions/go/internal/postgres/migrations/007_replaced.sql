drop index orders_customer, orders_placed_at, customers_email;
