using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Money;

namespace Gaib.Abstractions.Governance;

/// <summary>The network that this process serves: its genesis, and what follows from it.</summary>
public sealed class Network
{
    /// <summary>A network of a genesis whose check passed.</summary>
    /// <exception cref="ArgumentException">The genesis is not well formed; the message names the field.</exception>
    public Network(Genesis genesis)
    {
        if (genesis.Check() is { } rejection)
        {
            throw new ArgumentException($"The genesis is not well formed: {rejection}", nameof(genesis));
        }

        (Genesis, Id) = (genesis, genesis.Hash());
    }

    /// <summary>The genesis.</summary>
    public Genesis Genesis { get; }

    /// <summary>The genesis hash: the network's name in every id and every signature.</summary>
    public Hash32 Id { get; }

    /// <summary>The parameters in force. Changes by vote come later; until then they are the genesis's.</summary>
    public Parameters Parameters => Genesis.Parameters;

    /// <summary>How many books people are spread over. Never changed in the life of a network. Default 1.</summary>
    public uint Books { get; init; } = 1;

    /// <summary>The number of the book that holds an account's GAIB; shares are all in book 0.</summary>
    public uint HomeOf(AccountId account) => new BookPlace(0, Books).HomeOf(account);

    /// <summary>The epoch of inference fees in which a moment lies, counted from the network's start.</summary>
    public ulong EpochAt(long now) => (ulong)long.Max(0, now - Genesis.StartsAt) / Parameters.EpochMs;
}
