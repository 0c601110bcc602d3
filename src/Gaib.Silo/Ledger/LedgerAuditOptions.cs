namespace Gaib.Silo.Ledger;

/// <summary>Settings of the ledger's audit.</summary>
public sealed class LedgerAuditOptions
{
    private TimeSpan _interval = TimeSpan.FromMinutes(10);

    /// <summary>Time between two audits, and before the first. Default 10 minutes; from 1 second to 24 days.</summary>
    /// <exception cref="ArgumentException">It is less or more.</exception>
    public TimeSpan Interval
    {
        get => _interval;
        set => _interval = value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(24)
            ? value
            : throw new ArgumentException($"The time between audits is {value}; it must be from 1 second to 24 days.", nameof(value));
    }

    /// <summary>The clock by which that time passes. Default: the machine's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
