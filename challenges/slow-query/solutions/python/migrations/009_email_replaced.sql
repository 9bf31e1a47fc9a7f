drop index concurrently customers_email;
