using Gaib.Domain;

namespace Gaib.Verify;

/// <summary>What the checks found, in their order, up to a limit: whoever broke one line often broke a thousand.</summary>
internal sealed class Findings
{
    /// <summary>Findings beyond this many are counted only.</summary>
    public const int Limit = 100;

    private readonly List<Finding> _kept = [];
    private readonly List<NotReplayed> _notReplayed = [];
    private readonly List<string> _open = [];
    private readonly HashSet<Hash32> _missing = [];
    private readonly Lock _lock = new();

    public int Count { get; private set; }

    public bool Any => Count > 0;

    public IReadOnlyList<Finding> Kept => _kept;

    public IReadOnlyList<NotReplayed> NotReplayed => _notReplayed;

    /// <summary>What is right as it stands and has not come to its end, in the order in which it was noted.</summary>
    public IReadOnlyList<string> Open => _open;

    /// <summary>Notes something that has not come to its end.</summary>
    public void StaysOpen(string what) => _open.Add(what);

    public void Add(LineAt at, string field, string expected, string found)
    {
        lock (_lock)
        {
            Count++;
            if (_kept.Count < Limit)
            {
                _kept.Add(new Finding(at, field, expected, found));
            }
        }
    }

    /// <summary>Notes a finding unless two values are equal.</summary>
    /// <returns>True when they are.</returns>
    public bool Equal<T>(LineAt at, string field, T expected, T found)
    {
        var equal = EqualityComparer<T>.Default.Equals(expected, found);
        if (!equal)
        {
            Add(at, field, Show(expected), Show(found));
        }

        return equal;
    }

    /// <summary>Notes a finding unless a condition holds.</summary>
    /// <returns>The condition.</returns>
    public bool That(bool holds, LineAt at, string field, string expected, object? found)
    {
        if (!holds)
        {
            Add(at, field, expected, Show(found));
        }

        return holds;
    }

    /// <summary>Notes that bytes are missing, once for each hash.</summary>
    public void Missing(LineAt at, string field, Hash32 blob)
    {
        lock (_lock)
        {
            if (_missing.Add(blob))
            {
                _notReplayed.Add(new NotReplayed(at, field, blob));
            }
        }
    }

    private static string Show<T>(T value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };
}
