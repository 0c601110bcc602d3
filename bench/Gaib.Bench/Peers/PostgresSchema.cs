namespace Gaib.Bench.Peers;

/// <summary>
/// The same ledger in SQL: an id makes a transfer once, both rows change or none, nobody spends what they have not, what was answered is
/// kept. Results: 0 applied, 1 insufficient funds, 2 no such account, 3 the id belongs to another transfer. Accounts are numbers of eight bytes and amounts too, which
/// is less than our side moves.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>Tables and functions.</summary>
    public const string Create = Tables + One + Loop + Set;

    // Half of each page stays free, so that a changed row finds room beside its old self and no index changes.
    private const string Tables =
        """
        create table account (
            id bigint primary key, debits bigint not null default 0, credits bigint not null default 0,
            check (id = 0 or credits >= debits)) with (fillfactor = 50);
        create table transfer (
            id uuid primary key, debit bigint not null, credit bigint not null, amount bigint not null, result smallint not null);

        """;

    // Rows are locked in the order of their numbers, so that no two callers wait for each other.
    private const string One =
        """
        create function transfer_one(p_id uuid, p_debit bigint, p_credit bigint, p_amount bigint) returns smallint language plpgsql as $$
        declare
            known transfer;
            answer smallint := 0;
        begin
            insert into transfer values (p_id, p_debit, p_credit, p_amount, 0) on conflict do nothing;
            if not found then
                select * into known from transfer where id = p_id;
                return case when (known.debit, known.credit, known.amount) = (p_debit, p_credit, p_amount) then known.result else 3 end;
            end if;
            if p_credit < p_debit then
                update account set credits = credits + p_amount where id = p_credit;
                if not found then answer := 2; end if;
            end if;
            if answer = 0 then
                update account set debits = debits + p_amount where id = p_debit and (id = 0 or credits - debits >= p_amount);
                if not found then
                    answer := 1;
                    if p_credit < p_debit then
                        update account set credits = credits - p_amount where id = p_credit;
                    end if;
                end if;
            end if;
            if answer = 0 and p_credit > p_debit then
                update account set credits = credits + p_amount where id = p_credit;
                if not found then
                    answer := 2;
                    update account set debits = debits - p_amount where id = p_debit;
                end if;
            end if;
            if answer <> 0 then
                update transfer set result = answer where id = p_id;
            end if;
            return answer;
        end $$;

        """;

    private const string Loop =
        """
        create function transfer_loop(p_ids uuid[], p_debits bigint[], p_credits bigint[], p_amounts bigint[]) returns smallint[] language plpgsql as $$
        declare
            answers smallint[] := array_fill(0::smallint, array[cardinality(p_ids)]);
        begin
            perform from account where id = any(p_debits || p_credits) order by id for update;
            for i in 1 .. cardinality(p_ids) loop
                answers[i] := transfer_one(p_ids[i], p_debits[i], p_credits[i], p_amounts[i]);
            end loop;
            return answers;
        end $$;

        """;

    // All at once where every id is new and everybody could pay all of theirs before receiving anything: then the order does not
    // matter. Else one after the other. Null says that all were applied.
    private const string Set =
        """
        create function transfer_all(p_ids uuid[], p_debits bigint[], p_credits bigint[], p_amounts bigint[]) returns boolean language plpgsql as $$
        declare
            changed bigint;
            wanted bigint;
        begin
            insert into transfer select *, 0 from unnest(p_ids, p_debits, p_credits, p_amounts) on conflict do nothing;
            get diagnostics changed = row_count;
            if changed < cardinality(p_ids) then
                raise exception using errcode = 'GB001';
            end if;
            with moved as materialized (
                select id, sum(d)::bigint d, sum(c)::bigint c
                from (select unnest(p_debits) id, unnest(p_amounts) d, 0::bigint c
                      union all select unnest(p_credits), 0::bigint, unnest(p_amounts)) one
                group by id),
            done as (
                update account a set debits = a.debits + m.d, credits = a.credits + m.c
                from moved m where a.id = m.id and (a.id = 0 or a.credits - a.debits >= m.d) returning 1)
            select (select count(*) from done), (select count(*) from moved) into changed, wanted;
            if changed < wanted then
                raise exception using errcode = 'GB001';
            end if;
            return true;
        exception when sqlstate 'GB001' then
            return false;
        end $$;
        create function transfer_set(p_ids uuid[], p_debits bigint[], p_credits bigint[], p_amounts bigint[]) returns smallint[] language plpgsql as $$
        begin
            perform from account where id = any(p_debits || p_credits) order by id for update;
            return case when transfer_all(p_ids, p_debits, p_credits, p_amounts) then null else transfer_loop(p_ids, p_debits, p_credits, p_amounts) end;
        end $$;
        create function transfer_queue(p_ids uuid[], p_debits bigint[], p_credits bigint[], p_amounts bigint[]) returns smallint[] language plpgsql as $$
        begin
            perform pg_advisory_xact_lock(1);
            return case when transfer_all(p_ids, p_debits, p_credits, p_amounts) then null else transfer_loop(p_ids, p_debits, p_credits, p_amounts) end;
        end $$;

        """;
}
