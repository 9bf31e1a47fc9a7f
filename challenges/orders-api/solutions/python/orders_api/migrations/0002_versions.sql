-- What an ETag is made of: counted up with every change.
alter table products add column version bigint not null default 1;
alter table orders add column version bigint not null default 1;
