namespace Gaib.Silo.Ledger;

/// <summary>Settings of the ledger's audit.</summary>
public sealed class LedgerAuditOptions
{
    /// <summary>Time between two audits, and before the first. Default 10 minutes; from 1 second to 24 days.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The clock by which that time passes. Default: the machine's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
