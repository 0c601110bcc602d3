using Gaib.Abstractions;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>Signatures that only name their signer: what a curve does is tested elsewhere, and would be most of the time spent here.</summary>
internal sealed class SimulatedVerifier : ICommandVerifier
{
    /// <summary>A signature by an address over a message.</summary>
    public static Signature Sign(TypedMessage message, Address signer)
    {
        var r = new byte[Hash32.Size];
        signer.ToArray().CopyTo(r, 12);
        return new Signature(new Hash32(r), message.StructHash(), 27);
    }

    /// <summary>A command with its signature.</summary>
    public static Signed<T> Signed<T>(T message, Address signer)
        where T : TypedMessage => new(message, Sign(message, signer));

    public Hash32 Digest(TypedMessage message) => message.StructHash();

    public Outcome<Address> Recover(TypedMessage message, Signature signature) =>
        signature.S == message.StructHash() ? new Address(signature.R.ToArray().AsSpan(12)) : Reason.SignatureInvalid;

    public Outcome<CommandRecord> Verify<T>(Signed<T> signed)
        where T : TypedMessage, ICommand
    {
        var signer = Recover(signed.Command, signed.Signature);
        return !signer.Accepted ? signer.Rejection
            : signer.Value != signed.Command.Account ? Reason.SignerNotAuthorised
            : new CommandRecord(
                Digest(signed.Command), signed.Command.Account, signer.Value, signed.Command.Nonce, signed.Command.Deadline,
                signed.Command.TypeName, signed.Command.ToJson(), [.. signed.Signature.ToArray()]);
    }
}
