using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Gaib.Bench.Peers;

/// <summary>Transfers for PostgreSQL, a column at a time as its functions take them.</summary>
/// <param name="Ids">One id each.</param>
/// <param name="Debits">Who pays.</param>
/// <param name="Credits">Who receives.</param>
/// <param name="Amounts">Base units.</param>
internal sealed record Columns(Guid[] Ids, long[] Debits, long[] Credits, long[] Amounts)
{
    /// <summary>Columns of so many transfers.</summary>
    public static Columns Of(int count) => new(new Guid[count], new long[count], new long[count], new long[count]);

    /// <summary>Puts some behind each other.</summary>
    public static Columns Join(IReadOnlyCollection<Columns> parts) => parts.Count == 1 ? parts.First() : new(
        [.. parts.SelectMany(part => part.Ids)], [.. parts.SelectMany(part => part.Debits)],
        [.. parts.SelectMany(part => part.Credits)], [.. parts.SelectMany(part => part.Amounts)]);
}

/// <summary>Somebody who sends transfers to PostgreSQL and waits until they are durable.</summary>
internal interface IPostgresCaller : IAsyncDisposable
{
    /// <summary>Sends; returns the answers, or null where all were applied.</summary>
    Task<short[]?> SendAsync(Columns columns);
}

/// <summary>A connection that calls one of the functions that take arrays.</summary>
internal sealed class ArrayCaller : IPostgresCaller
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<Guid[]> _ids = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
    private readonly NpgsqlParameter<long[]> _debits = Numbers();
    private readonly NpgsqlParameter<long[]> _credits = Numbers();
    private readonly NpgsqlParameter<long[]> _amounts = Numbers();

    private ArrayCaller(NpgsqlConnection connection, string function)
    {
        _connection = connection;
        _command = new NpgsqlCommand($"select {function}($1, $2, $3, $4)", connection) { Parameters = { _ids, _debits, _credits, _amounts } };
    }

    public static async Task<IPostgresCaller> OpenAsync(NpgsqlDataSource source, string function)
    {
        var caller = new ArrayCaller(await source.OpenConnectionAsync(), function);
        await caller._command.PrepareAsync();
        return caller;
    }

    public async Task<short[]?> SendAsync(Columns columns)
    {
        (_ids.TypedValue, _debits.TypedValue, _credits.TypedValue, _amounts.TypedValue) =
            (columns.Ids, columns.Debits, columns.Credits, columns.Amounts);
        return await _command.ExecuteScalarAsync() as short[];
    }

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static NpgsqlParameter<long[]> Numbers() => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}

/// <summary>A connection that sends one transfer at a time to the function that takes one.</summary>
internal sealed class SingleCaller : IPostgresCaller
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<Guid> _id = new();
    private readonly NpgsqlParameter<long> _debit = new();
    private readonly NpgsqlParameter<long> _credit = new();
    private readonly NpgsqlParameter<long> _amount = new();

    private SingleCaller(NpgsqlConnection connection) => (_connection, _command) = (
        connection,
        new NpgsqlCommand("select transfer_one($1, $2, $3, $4)", connection) { Parameters = { _id, _debit, _credit, _amount } });

    public static async Task<IPostgresCaller> OpenAsync(NpgsqlDataSource source) => await OverAsync(await source.OpenConnectionAsync());

    /// <summary>Over a connection, which then ends with the caller.</summary>
    public static async Task<SingleCaller> OverAsync(NpgsqlConnection connection)
    {
        var caller = new SingleCaller(connection);
        await caller._command.PrepareAsync();
        return caller;
    }

    public async Task<short[]?> SendAsync(Columns columns)
    {
        (_id.TypedValue, _debit.TypedValue, _credit.TypedValue, _amount.TypedValue) =
            (columns.Ids[0], columns.Debits[0], columns.Credits[0], columns.Amounts[0]);
        return await _command.ExecuteScalarAsync() is short and not 0 and var answer ? [answer] : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

/// <summary>
/// A connection that sends three plain statements of one transaction in one message. The table's own check refuses who has not enough, and
/// the primary key whoever comes twice; the function then says which, and keeps a refusal.
/// </summary>
internal sealed class StatementsCaller : IPostgresCaller
{
    private const string Credit = "update account set credits = credits + $2 where id = $1";
    private const string Debit = "update account set debits = debits + $2 where id = $1";

    private readonly NpgsqlConnection _connection;
    private readonly SingleCaller _function;

    private StatementsCaller(NpgsqlConnection connection, SingleCaller function) => (_connection, _function) = (connection, function);

    public static async Task<IPostgresCaller> OpenAsync(NpgsqlDataSource source)
    {
        var connection = await source.OpenConnectionAsync();
        return new StatementsCaller(connection, await SingleCaller.OverAsync(connection));
    }

    public async Task<short[]?> SendAsync(Columns columns)
    {
        var (id, debit, credit, amount) = (columns.Ids[0], columns.Debits[0], columns.Credits[0], columns.Amounts[0]);
        await using var batch = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                Of("insert into transfer values ($1, $2, $3, $4, 0)", new NpgsqlParameter<Guid> { TypedValue = id }, Number(debit), Number(credit), Number(amount)),
                Of(debit < credit ? Debit : Credit, Number(long.Min(debit, credit)), Number(amount)),
                Of(debit < credit ? Credit : Debit, Number(long.Max(debit, credit)), Number(amount)),
            },
        };
        try
        {
            await batch.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.UniqueViolation)
        {
            return await _function.SendAsync(columns);
        }
    }

    public ValueTask DisposeAsync() => _function.DisposeAsync();

    private static NpgsqlBatchCommand Of(string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };
}

/// <summary>
/// What our own writer does, for PostgreSQL: transfers that callers send while a call is under way go out together in the next one.
/// </summary>
internal sealed class CombiningCaller : IPostgresCaller
{
    private const int TransfersMax = 1_000;

    private readonly Channel<(Columns Columns, TaskCompletionSource<short[]?> Done)> _waiting =
        Channel.CreateUnbounded<(Columns, TaskCompletionSource<short[]?>)>();

    private readonly Task[] _senders;

    /// <param name="connections">They take turns; each is disposed with this one.</param>
    public CombiningCaller(IEnumerable<IPostgresCaller> connections) => _senders = [.. connections.Select(SendAllAsync)];

    public Task<short[]?> SendAsync(Columns columns)
    {
        var done = new TaskCompletionSource<short[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Writer.TryWrite((columns, done));
        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_senders);
    }

    private async Task SendAllAsync(IPostgresCaller connection)
    {
        var taken = new List<(Columns Columns, TaskCompletionSource<short[]?> Done)>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var count = 0;
            taken.Clear();
            while (count < TransfersMax && _waiting.Reader.TryRead(out var next))
            {
                taken.Add(next);
                count += next.Columns.Ids.Length;
            }

            if (count > 0)
            {
                await SendAsync(connection, taken);
            }
        }

        await connection.DisposeAsync();
    }

    private static async Task SendAsync(IPostgresCaller connection, List<(Columns Columns, TaskCompletionSource<short[]?> Done)> taken)
    {
        try
        {
            var answers = await connection.SendAsync(Columns.Join([.. taken.Select(one => one.Columns)]));
            var at = 0;
            foreach (var (columns, done) in taken)
            {
                done.SetResult(answers?[at..(at + columns.Ids.Length)]);
                at += columns.Ids.Length;
            }
        }
        catch (NpgsqlException fault)
        {
            taken.ForEach(one => one.Done.TrySetException(fault));
        }
    }
}
