using System.Diagnostics;

namespace Gaib.Bench.Peers;

/// <summary>The same pool in PostgreSQL.</summary>
internal sealed class PostgresPayday
{
    private const long Pool = 1L << 40;
    private const long Weight = 999_983;

    private readonly PostgresSide _side;
    private readonly long[] _members;

    private PostgresPayday(PostgresSide side, int members) => (_side, _members) = (side, [.. Enumerable.Range(1, members).Select(number => (long)number)]);

    /// <summary>Makes the pool.</summary>
    public static async Task<PostgresPayday> OpenAsync(PostgresSide side, int members)
    {
        await side.ExecuteAsync("insert into account(id) values ($1)", Pool);
        await side.ExecuteAsync("insert into pool(id, weight) values ($1, $2::bigint * $3::bigint)", Pool, Weight, (long)members);
        await side.ExecuteAsync("insert into member(pool, account, weight) select $1, number, $2 from generate_series(1, $3::bigint) as number", Pool, Weight, (long)members);
        await side.ExecuteAsync("vacuum analyze member");
        return new PostgresPayday(side, members);
    }

    /// <summary>Feeds the pool, then pays every member what it is owed, in one call.</summary>
    /// <returns>Milliseconds of the second, until it was committed.</returns>
    public async Task<double> RunAsync(long amount)
    {
        await _side.ExecuteAsync("select pool_feed($1, 2, $2)", Pool, amount);
        var ids = _side.NextIds(_members.Length);
        var begun = Stopwatch.GetTimestamp();
        var paid = await _side.AskAsync<long>("select pool_pay($1, $2, $3)", Pool, ids, _members);
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        _side.Expect(paid);
        await _side.ExecuteAsync("vacuum account, member");
        return paid == _members.Length
            ? took
            : throw new InvalidOperationException($"The pool has {_members.Length} members, and {paid} were paid.");
    }
}
