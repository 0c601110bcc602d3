using Gaib.Domain;

namespace Gaib.Evm;

/// <summary>
/// The domain that keeps a signature from being used elsewhere (EIP-712, "Definition of domainSeparator"). Only members that are given
/// are part of it, in the order of the EIP.
/// </summary>
/// <param name="Name">Readable name of the signing domain.</param>
/// <param name="Version">Major version of the signing domain.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="VerifyingContract">The contract that verifies.</param>
/// <param name="Salt">A last disambiguation; Gaib's commands carry the genesis hash here.</param>
public sealed record Eip712Domain(
    string? Name = null,
    string? Version = null,
    UInt128? ChainId = null,
    Address? VerifyingContract = null,
    Hash32? Salt = null) : TypedMessage
{
    /// <inheritdoc/>
    public override string TypeName => "EIP712Domain";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields
    {
        get
        {
            var members = new List<TypedField>(5);
            Add(Name is null ? null : TypedField.Of("name", Name));
            Add(Version is null ? null : TypedField.Of("version", Version));
            Add(ChainId is { } chainId ? TypedField.Uint256("chainId", chainId) : null);
            Add(VerifyingContract is { } contract ? TypedField.Of("verifyingContract", contract) : null);
            Add(Salt is { } salt ? TypedField.Of("salt", salt) : null);
            return members;

            void Add(TypedField? member)
            {
                if (member is { } given)
                {
                    members.Add(given);
                }
            }
        }
    }

    /// <summary>domainSeparator: hashStruct of the domain.</summary>
    public Hash32 Separator => StructHash();
}
