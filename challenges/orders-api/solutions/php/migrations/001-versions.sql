-- What the ETag of a product or an order shows. A trigger counts, so that no statement can forget to;
-- whoever changes the items of an order also writes the order's row.
alter table products add column version bigint not null default 1;
alter table orders add column version bigint not null default 1;

create function count_version() returns trigger language plpgsql as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;

create trigger count_version before update on products for each row execute function count_version();
create trigger count_version before update on orders for each row execute function count_version();
