-- What was ordered of each product, kept right by whatever writes an item.
create table product_sales (
    product_id    integer primary key,
    units         bigint not null,
    revenue_cents bigint not null
) with (fillfactor = 50);

create function keep_product_sales() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into product_sales as kept
        select product_id, -sum(quantity), -sum(quantity * unit_price_cents)
        from there_before group by product_id order by product_id
        on conflict (product_id) do update
        set units = kept.units + excluded.units,
            revenue_cents = kept.revenue_cents + excluded.revenue_cents;
    end if;
    if tg_op <> 'DELETE' then
        insert into product_sales as kept
        select product_id, sum(quantity), sum(quantity * unit_price_cents)
        from now_there group by product_id order by product_id
        on conflict (product_id) do update
        set units = kept.units + excluded.units,
            revenue_cents = kept.revenue_cents + excluded.revenue_cents;
    end if;
    return null;
end $$;

-- Writers wait from here to the end, for as long as it takes to add up once.
create trigger keep_product_sales_inserted after insert on order_items
    referencing new table as now_there
    for each statement execute function keep_product_sales();
create trigger keep_product_sales_updated after update on order_items
    referencing old table as there_before new table as now_there
    for each statement execute function keep_product_sales();
create trigger keep_product_sales_deleted after delete on order_items
    referencing old table as there_before
    for each statement execute function keep_product_sales();

insert into product_sales
select product_id, sum(quantity), sum(quantity * unit_price_cents)
from order_items group by product_id order by product_id;
