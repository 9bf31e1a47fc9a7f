-- Each day's orders of each status, added up. It is kept by the database, since the version before this one
-- writes orders too, while this is brought in.
create table order_days (
    day           date   not null,
    status        text   not null,
    orders        bigint not null,
    revenue_cents bigint not null,
    primary key (day, status)
) with (fillfactor = 70);

create function keep_order_days() returns trigger language plpgsql as $$
begin
    -- One after the other in the order of the key, so that no two writers wait for each other in a circle.
    insert into order_days as kept
    select day, status, sum(orders), sum(revenue_cents) from (
        select date(new.placed_at at time zone 'UTC') as day, new.status as status, 1 as orders,
            new.total_cents as revenue_cents
        where tg_op <> 'DELETE'
        union all
        select date(old.placed_at at time zone 'UTC'), old.status, -1, -old.total_cents
        where tg_op <> 'INSERT'
    ) as changes
    group by day, status
    order by day, status
    on conflict (day, status) do update
    set orders = kept.orders + excluded.orders,
        revenue_cents = kept.revenue_cents + excluded.revenue_cents;
    return null;
end $$;

-- Other writers wait from here to the end, for as long as it takes to add up once.
create trigger keep_order_days after insert or delete or update of placed_at, status, total_cents on orders
    for each row execute function keep_order_days();

insert into order_days
select date(placed_at at time zone 'UTC'), status, count(*), sum(total_cents)
from orders
group by 1, 2
order by 1, 2;
