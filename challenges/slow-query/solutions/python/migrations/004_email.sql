create index concurrently customers_email_in_lower_case on customers (lower(email));
