namespace Gaib.Bench.Peers;

/// <summary>A revenue pool in SQL with the same exact rule: with S = 2^64, no fraction of a base unit is lost.</summary>
internal static class PostgresPools
{
    /// <summary>
    /// Tables and functions. Paying settles each member (p = weight · (acc − paid) + fraction), credits its account with what is due, and
    /// keeps one transfer each: what our book does in one request.
    /// </summary>
    public const string Create =
        """
        create table pool (id bigint primary key, acc numeric not null default 0, rem numeric not null default 0, weight numeric not null);
        create table member (
            pool bigint, account bigint, weight bigint not null, paid numeric not null default 0, fraction numeric not null default 0,
            accrued numeric not null default 0, collected numeric not null default 0, primary key (pool, account)) with (fillfactor = 50);

        create function pool_feed(p_pool bigint, p_from bigint, amount bigint) returns void language plpgsql as $$
        begin
            update account set debits = debits + amount where id = p_from;
            update account set credits = credits + amount where id = p_pool;
            update pool set acc = acc + div(amount * 18446744073709551616::numeric + rem, weight),
                rem = mod(amount * 18446744073709551616::numeric + rem, weight) where id = p_pool;
        end $$;

        create function pool_pay(p_pool bigint, p_ids uuid[], p_members bigint[]) returns bigint language plpgsql as $$
        declare
            income numeric;
            made bigint;
            total numeric;
        begin
            select acc into income from pool where id = p_pool for update;
            perform from account where id = any(p_members) order by id for update;
            with asked as materialized (
                select asked.id, m.account, m.accrued - m.collected as left_over, m.accrued, m.weight * (income - m.paid) + m.fraction as p
                from unnest(p_ids, p_members) as asked(id, account) join member m on m.pool = p_pool and m.account = asked.account),
            settled as materialized (
                select id, account, accrued + div(p, 18446744073709551616::numeric) as accrued, mod(p, 18446744073709551616::numeric) as fraction,
                    (left_over + div(p, 18446744073709551616::numeric))::bigint as due
                from asked),
            stored as (
                update member m set accrued = s.accrued, fraction = s.fraction, paid = income, collected = s.accrued
                from settled s where m.pool = p_pool and m.account = s.account),
            kept as (
                insert into transfer select id, p_pool, account, due, 0 from settled where due > 0 returning amount),
            credited as (
                update account a set credits = a.credits + s.due from settled s where a.id = s.account and s.due > 0)
            select count(*), coalesce(sum(amount), 0) into made, total from kept;
            update account set debits = debits + total where id = p_pool;
            return made;
        end $$;

        """;
}
