using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Money;

namespace Gaib.Abstractions.Money;

/// <summary>What a person does with value of their own. Keyed by the address.</summary>
[Alias("gaib.account")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Pays GAIB or shares to another person.</summary>
    /// <returns>The book's sequence of the payment, or why not.</returns>
    [Alias("pay")]
    Task<Outcome<BookReply>> Pay(Signed<Pay> command);

    /// <summary>Stakes GAIB.</summary>
    [Alias("stake")]
    Task<Outcome<BookReply>> Stake(Signed<Stake> command);

    /// <summary>Takes stake back.</summary>
    [Alias("unstake")]
    Task<Outcome<BookReply>> Unstake(Signed<Unstake> command);

    /// <summary>What the person holds of an asset.</summary>
    [Alias("balance")]
    Task<Balance> GetBalance(AssetId asset);
}
