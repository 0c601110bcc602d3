namespace Gaib.Domain.Money;

/// <summary>An amount set aside by the reserve phase, until it is resolved at most once.</summary>
internal struct Reservation
{
    public AccountId Debit { get; set; }

    public AccountId Credit { get; set; }

    public AssetId Asset { get; set; }

    public UInt128 Amount { get; set; }

    public long ExpiresAt { get; set; }

    /// <summary>Single while open (the default), else the phase that resolved it.</summary>
    public TransferPhase ResolvedBy { get; set; }

    public readonly bool Open => ResolvedBy == TransferPhase.Single;
}
