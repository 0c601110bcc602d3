using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Abstractions.Ports;

/// <summary>Recovers who signed a message for this network.</summary>
public interface ICommandVerifier
{
    /// <summary>The EIP-712 digest of a message under the network's command domain.</summary>
    Hash32 Digest(TypedMessage message);

    /// <summary>Who signed the message, or SignatureInvalid.</summary>
    Outcome<Address> Recover(TypedMessage message, Signature signature);

    /// <summary>
    /// The command as the book keeps it, if its signature recovers to its own account; else SignatureInvalid or SignerNotAuthorised.
    /// </summary>
    Outcome<CommandRecord> Verify<T>(Signed<T> signed)
        where T : TypedMessage, ICommand;
}
