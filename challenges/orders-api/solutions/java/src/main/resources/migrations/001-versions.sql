-- What an ETag is made of: every change of a row adds one.
alter table products add column version bigint not null default 1;
alter table orders add column version bigint not null default 1;
