using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Evm;

namespace Gaib.Silo;

/// <summary>Verifies commands by EIP-712 and secp256k1.</summary>
public sealed class EvmCommandVerifier(Network network) : ICommandVerifier
{
    private readonly Hash32 _separator = GaibDomains.Commands(network.Genesis.ChainId, network.Id).Separator;

    /// <inheritdoc/>
    public Hash32 Digest(TypedMessage message) => Eip712.Digest(_separator, message.StructHash());

    /// <inheritdoc/>
    public Outcome<Address> Recover(TypedMessage message, Signature signature) =>
        EcdsaRecovery.TryRecover(Digest(message), signature, out var signer) ? signer : Reason.SignatureInvalid;

    /// <inheritdoc/>
    public Outcome<CommandRecord> Verify<T>(Signed<T> signed)
        where T : TypedMessage, ICommand
    {
        var command = signed.Command;
        var digest = Digest(command);
        if (!EcdsaRecovery.TryRecover(digest, signed.Signature, out var signer))
        {
            return Reason.SignatureInvalid;
        }

        return signer == command.Account
            ? new CommandRecord(
                digest,
                command.Account,
                signer,
                command.Nonce,
                command.Deadline,
                command.TypeName,
                command.ToJson(),
                [.. signed.Signature.ToArray()])
            : new Rejection(Reason.SignerNotAuthorised, Subject: signer.ToString());
    }
}
