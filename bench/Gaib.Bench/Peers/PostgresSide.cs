using System.Buffers.Binary;
using Gaib.Bench.Money;
using Npgsql;

namespace Gaib.Bench.Peers;

/// <summary>The peer: the same accounts and the same transfers in a PostgreSQL of its own.</summary>
internal sealed class PostgresSide : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly NpgsqlDataSource _source;
    private long _next;
    private long _expected;

    private PostgresSide(PostgresServer server) => (_server, _source) = (server, NpgsqlDataSource.Create(server.Connection));

    /// <summary>Starts the server, makes the tables and gives everybody their funds.</summary>
    public static async Task<PostgresSide> StartAsync(string folder)
    {
        var side = new PostgresSide(await PostgresServer.StartAsync(folder));
        await side.ExecuteAsync(PostgresSchema.Create);
        await side.ExecuteAsync(PostgresPools.Create);
        await side.ExecuteAsync(PostgresGrainStorage.Create);
        await side.ExecuteAsync("insert into account(id) select * from generate_series(0, $1::bigint)", (long)Workload.Accounts);
        await side.ExecuteAsync("update account set credits = $1 where id > 0", Workload.Funds);
        await side.ExecuteAsync("update account set debits = $1 * $2 where id = 0", Workload.Funds, (long)Workload.Accounts);
        await side.ExecuteAsync("vacuum analyze account");
        return side;
    }

    /// <summary>Transfers a second in a way that is given.</summary>
    public async Task<double> RateAsync(PostgresWay way, int batch, double seconds)
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, way.Connections).Select(_ => way.Open(_source)));
        IPostgresCaller[] connections = way.Combined ? [new CombiningCaller(opened)] : opened;
        var callers = way.Combined ? PostgresWay.CallersOf(batch) : connections.Length;
        var (rate, made) = await ClosedLoop.RunAsync(
            [.. Enumerable.Range(0, callers).Select(caller => Caller(connections[caller % connections.Length], new Workload(caller, isHot: false), batch))],
            seconds);
        _expected += made;
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }

        await ExecuteAsync("vacuum account");
        return rate;
    }

    /// <summary>
    /// Holds the database to what it answered: every acknowledged transfer was applied once and nothing came or went. Then forgets the
    /// transfers, so that the table does not grow from one measurement to the next.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of these is not so.</exception>
    public async Task CheckAsync()
    {
        var applied = await AskAsync<long>("select count(*) from transfer where result = 0");
        var difference = await AskAsync<decimal>("select sum(credits) - sum(debits) from account");
        if (applied != _expected || difference != 0)
        {
            throw new InvalidOperationException($"PostgreSQL applied {applied} transfers, and {_expected} were acknowledged; credits less debits are {difference}.");
        }

        await ExecuteAsync("truncate transfer");
        _expected = 0;
    }

    /// <summary>What must be so on both sides: a payment without funds is refused, the same one again is answered the same and moves nothing, and its id takes no other.</summary>
    public async Task CheckRulesAsync()
    {
        await CheckAsync();
        var ways = PostgresWay.For(1).Concat(PostgresWay.For(100)).Where(way => !way.Combined).DistinctBy(way => way.Name).ToList();
        foreach (var way in ways)
        {
            await using var caller = await way.Open(_source);
            var paying = ColumnsOf([(1, 2, 1)]);
            var broke = ColumnsOf([(1, 2, long.MaxValue / 2)]);
            short[]?[] answers =
            [
                await caller.SendAsync(paying), await caller.SendAsync(broke), await caller.SendAsync(paying), await caller.SendAsync(broke),
                await caller.SendAsync(paying with { Amounts = [2] }),
            ];
            short[] expected = [0, 1, 0, 1, 3];
            if (!answers.Select(answer => answer?[0] ?? 0).SequenceEqual(expected))
            {
                throw new InvalidOperationException($"PostgreSQL, {way.Name}, answered {string.Join(", ", answers.Select(answer => answer?[0] ?? 0))}.");
            }
        }

        _expected += ways.Count;
        await CheckAsync();
    }

    /// <summary>How another process reaches the server, with at most so many connections.</summary>
    public string ConnectionOf(int connections) =>
        new NpgsqlConnectionStringBuilder(_server.Connection.ConnectionString) { MaxPoolSize = connections, Timeout = 60 }.ConnectionString;

    /// <summary>Says that so many transfers were acknowledged; <see cref="CheckAsync"/> holds the database to it.</summary>
    public void Expect(long made) => _expected += made;

    /// <summary>Fresh ids.</summary>
    public Guid[] NextIds(int count) => [.. Enumerable.Range(0, count).Select(_ => NextId())];

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Asks for one value.</summary>
    public async Task<T> AskAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = _source.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private Func<Task<int>> Caller(IPostgresCaller connection, Workload workload, int batch)
    {
        // Combined callers keep their columns until the answer is there, so each has its own.
        var columns = Columns.Of(batch);
        Array.Fill(columns.Amounts, 1L);
        return async () =>
        {
            for (var i = 0; i < batch; i++)
            {
                var (from, to) = workload.Next();
                (columns.Ids[i], columns.Debits[i], columns.Credits[i]) = (NextId(), NumberOf(from), NumberOf(to));
            }

            return await connection.SendAsync(columns) is { } answers && answers.Any(answer => answer != 0)
                ? throw new InvalidOperationException($"PostgreSQL refused a transfer: {answers.First(answer => answer != 0)}.")
                : batch;
        };
    }

    private Columns ColumnsOf((int From, int To, long Amount)[] transfers) => new(
        [.. transfers.Select(_ => NextId())], [.. transfers.Select(t => NumberOf(t.From))],
        [.. transfers.Select(t => NumberOf(t.To))], [.. transfers.Select(t => t.Amount)]);

    /// <summary>0 is issuance here.</summary>
    private static long NumberOf(int person) => person + 1L;

    /// <summary>Rising ids, which suit an index best; writer in the upper half and sequence in the lower, as ours.</summary>
    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Interlocked.Increment(ref _next));
        return new Guid(bytes, bigEndian: true);
    }
}
