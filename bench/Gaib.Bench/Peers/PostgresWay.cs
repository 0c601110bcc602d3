using System.Globalization;
using Npgsql;

namespace Gaib.Bench.Peers;

/// <summary>One way in which an application may send transfers to PostgreSQL.</summary>
/// <param name="Name">In words.</param>
/// <param name="Connections">How many.</param>
/// <param name="Combined">Callers share the connections, and what waits goes out together.</param>
/// <param name="Open">Opens one connection.</param>
internal sealed record PostgresWay(string Name, int Connections, bool Combined, Func<NpgsqlDataSource, Task<IPostgresCaller>> Open)
{
    /// <summary>The ways that are tried for a batch size, of which the fastest is measured.</summary>
    public static IEnumerable<PostgresWay> For(int batch) => batch switch
    {
        1 =>
        [
            .. Each([16, 64], count => new PostgresWay("one function call a transfer", count, false, SingleCaller.OpenAsync)),
            .. Each([16, 64], count => new PostgresWay("three statements in one message", count, false, StatementsCaller.OpenAsync)),
            .. Arrays([1, 2, 4], combined: true),
        ],
        10 => [.. Arrays([16, 64], combined: false), .. Arrays([1, 2, 4], combined: true)],
        100 => [.. Arrays([4, 16], combined: false), .. Arrays([1, 2, 4], combined: true)],
        _ => Arrays([2, 4, 8], combined: false),
    };

    /// <summary>Callers of our side that send so many at a time, and of a way that combines.</summary>
    public static int CallersOf(int batch) => batch switch { <= 100 => 64, <= 1_000 => 8, _ => 4 };

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}, {Connections} connection{(Connections == 1 ? "" : "s")}{(Combined ? ", callers combined" : "")}");

    private static IEnumerable<PostgresWay> Arrays(int[] connections, bool combined) =>
        from way in new[] { ("arrays, row by row", "transfer_loop"), ("arrays, set by set", "transfer_set"), ("arrays, set by set under one lock", "transfer_queue") }
        from count in connections
        select new PostgresWay(way.Item1, count, combined, source => ArrayCaller.OpenAsync(source, way.Item2));

    private static IEnumerable<PostgresWay> Each(int[] connections, Func<int, PostgresWay> make) => connections.Select(make);
}
