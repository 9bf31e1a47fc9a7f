-- Exact counts, kept by the database itself: whoever writes an order, they follow. Each status has a
-- row for each of 16 groups of sessions, so that few writers wait for each other.
create table order_counts (
    status text   not null,
    slot   int    not null,
    orders bigint not null default 0,
    primary key (slot, status)
) with (fillfactor = 50);

create function count_placed_order() returns trigger language plpgsql as $$
begin
    insert into order_counts as counts values (new.status, pg_backend_pid() % 16, 1)
    on conflict (slot, status) do update set orders = counts.orders + 1;
    return null;
end $$;

create function count_changed_order() returns trigger language plpgsql as $$
begin
    -- In the order of their names, so that no two writers wait for each other in a circle.
    insert into order_counts as counts
    select status, pg_backend_pid() % 16, change
    from (values (old.status, -1), (new.status, 1)) as moved (status, change)
    order by status
    on conflict (slot, status) do update set orders = counts.orders + excluded.orders;
    return null;
end $$;

create function count_deleted_order() returns trigger language plpgsql as $$
begin
    insert into order_counts as counts values (old.status, pg_backend_pid() % 16, -1)
    on conflict (slot, status) do update set orders = counts.orders - 1;
    return null;
end $$;

-- From here on writers wait until this ends, which takes as long as it takes to count once.
create trigger count_placed_order after insert on orders
    for each row execute function count_placed_order();
create trigger count_changed_order after update of status on orders
    for each row when (old.status <> new.status) execute function count_changed_order();
create trigger count_deleted_order after delete on orders
    for each row execute function count_deleted_order();

insert into order_counts select status, 0, count(*) from orders group by status;
