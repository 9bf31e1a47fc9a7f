-- What the new index of a customer's orders begins with, it finds as well as this did.
drop index concurrently orders_customer;
