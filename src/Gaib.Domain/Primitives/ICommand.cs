namespace Gaib.Domain;

/// <summary>A signed intent that moves a person's value or rights. Nonces are unordered: each account uses each one once.</summary>
public interface ICommand
{
    /// <summary>Whose value or rights it moves; also the signer, unless a session key was authorised.</summary>
    Address Account { get; }

    /// <summary>A number that the account has not used for another command.</summary>
    UInt128 Nonce { get; }

    /// <summary>Unix milliseconds of the runtime's clock: the last moment at which the command is accepted.</summary>
    long Deadline { get; }
}
