-- What the ETag of a product and of an order is made of. It is a trigger that counts, so that no
-- statement can forget to. Every change of an order's items also writes the order's row.
alter table products add column version bigint not null default 1;
alter table orders add column version bigint not null default 1;

create function next_version() returns trigger language plpgsql as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;

create trigger next_version before update on products for each row execute function next_version();
create trigger next_version before update on orders for each row execute function next_version();
