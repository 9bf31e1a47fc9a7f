create index concurrently customers_by_email on customers (lower(email));
