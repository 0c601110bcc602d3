using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Gaib.Bench.Peers;

/// <summary>
/// A PostgreSQL server of its own in a new folder, reached over a Unix socket. It ends when this process does, however that ends: a shell
/// between the two waits for the end of its standard input.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // Every commit is flushed, as by default. What follows from that is made as cheap as it gets: no checkpoint and no vacuum in a
    // measurement, buffers for all that is touched, no compilation of queries that run for a millisecond.
    private const string Settings =
        "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c wal_buffers=64MB -c max_wal_size=12GB -c min_wal_size=2GB "
        + "-c checkpoint_timeout=1h -c autovacuum=off -c jit=off -c max_connections=160 -c work_mem=64MB -c listen_addresses=";

    // It refuses to run as root, and a test machine often has no other user for it than the one of Debian's package.
    private const string Script =
        """
        set -e
        trap '' INT HUP
        bin=$1 dir=$2 user=$3; shift 3
        mkdir -p "$dir"
        if [ "$user" != - ]; then
          chown "$user" "$dir"
          as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups --"
        fi
        cd "$dir"
        $as "$bin/initdb" -D "$dir/data" -U gaib -A trust -E UTF8 --no-locale >"$dir/../postgres-init.log" 2>&1 \
          || { cat "$dir/../postgres-init.log" >&2; exit 1; }
        ( exec $as "$bin/postgres" -D "$dir/data" -k "$dir" "$@" ) >"$dir/../postgres.log" 2>&1 </dev/null &
        server=$!
        echo started
        cat >/dev/null
        kill -INT $server 2>/dev/null || true
        wait $server || true
        """;

    private readonly Process _shell;

    private PostgresServer(Process shell, string folder)
    {
        _shell = shell;
        Connection = new NpgsqlConnectionStringBuilder
        {
            Host = folder, Username = "gaib", Database = "postgres", IncludeErrorDetail = true, MaxPoolSize = 100, MaxAutoPrepare = 16, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        };
    }

    /// <summary>How to connect.</summary>
    public NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>Makes a cluster in a folder that does not exist yet, and starts it.</summary>
    /// <exception cref="PostgresMissingException">No server is installed.</exception>
    public static async Task<PostgresServer> StartAsync(string folder)
    {
        var bin = FindBinaries();
        var user = Environment.IsPrivilegedProcess ? RunAs() : "-";
        var start = new ProcessStartInfo("sh")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, ArgumentList = { "-c", Script, "sh", bin, folder, user },
        };
        foreach (var setting in $"{Settings} -c shared_buffers={BufferMegabytes()}MB".Split(' '))
        {
            start.ArgumentList.Add(setting);
        }

        var shell = Process.Start(start)!;
        var server = new PostgresServer(shell, folder);
        if (await shell.StandardOutput.ReadLineAsync() is null || !await server.AnswersAsync())
        {
            await server.DisposeAsync();
            throw new InvalidOperationException("PostgreSQL did not start; what it says stands above.");
        }

        return server;
    }

    /// <summary>Throws where no server is installed, before anything is measured.</summary>
    /// <exception cref="PostgresMissingException">No server is installed.</exception>
    public static string FindBinaries() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Prepend("/usr/lib/postgresql/15/bin")
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")))
        ?? throw new PostgresMissingException();

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static string RunAs() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static string BufferMegabytes() =>
        long.Min(2048, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 >> 20).ToString(CultureInfo.InvariantCulture);

    private async Task<bool> AnswersAsync()
    {
        var watch = Stopwatch.StartNew();
        while (!_shell.HasExited && watch.Elapsed < TimeSpan.FromMinutes(1))
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(Connection);
                await using var connection = await source.OpenConnectionAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }

        return false;
    }
}
