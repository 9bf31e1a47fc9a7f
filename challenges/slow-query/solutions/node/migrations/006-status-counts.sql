-- How many orders there are of each status, kept right by whatever writes an order.
create table status_counts (
    status text primary key,
    orders bigint not null
) with (fillfactor = 20);

create function keep_status_counts() returns trigger language plpgsql as $$
begin
    -- Rows are locked in one order, so that no two writers wait for each other in a circle.
    if tg_op = 'INSERT' then
        insert into status_counts as kept
        select status, count(*) from now_there group by status order by status
        on conflict (status) do update set orders = kept.orders + excluded.orders;
    elsif tg_op = 'DELETE' then
        insert into status_counts as kept
        select status, -count(*) from there_before group by status order by status
        on conflict (status) do update set orders = kept.orders + excluded.orders;
    else
        insert into status_counts as kept
        select status, sum(change) from (
            select status, 1 as change from now_there
            union all
            select status, -1 from there_before
        ) as changes
        group by status having sum(change) <> 0 order by status
        on conflict (status) do update set orders = kept.orders + excluded.orders;
    end if;
    return null;
end $$;

-- Writers wait from here to the end, for as long as it takes to count once.
create trigger keep_status_counts_inserted after insert on orders
    referencing new table as now_there
    for each statement execute function keep_status_counts();
create trigger keep_status_counts_updated after update on orders
    referencing old table as there_before new table as now_there
    for each statement execute function keep_status_counts();
create trigger keep_status_counts_deleted after delete on orders
    referencing old table as there_before
    for each statement execute function keep_status_counts();

insert into status_counts select status, count(*) from orders group by status;
