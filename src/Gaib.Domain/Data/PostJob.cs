namespace Gaib.Domain.Data;

/// <summary>A developer posts a job and funds its bounties.</summary>
/// <param name="Account">The developer, who pays and signs.</param>
/// <param name="Terms">Hash of the <see cref="JobTerms"/>.</param>
/// <param name="Budget">Base units that move into the job's bounty account.</param>
/// <param name="Nonce">A number that the account has not used for another command; it names the job.</param>
/// <param name="Deadline">Unix milliseconds of the runtime's clock.</param>
[GenerateSerializer, Immutable]
public sealed record PostJob(
    [property: Id(0)] Address Account,
    [property: Id(1)] Hash32 Terms,
    [property: Id(2)] UInt128 Budget,
    [property: Id(3)] UInt128 Nonce,
    [property: Id(4)] long Deadline) : TypedMessage, ICommand
{
    /// <inheritdoc/>
    public override string TypeName => "PostJob";

    /// <inheritdoc/>
    public override IReadOnlyList<TypedField> Fields =>
    [
        TypedField.Of("account", Account),
        TypedField.Of("terms", Terms),
        TypedField.Of("budget", Budget),
        TypedField.Of("nonce", Nonce),
        TypedField.Of("deadline", Deadline),
    ];

    /// <summary>The job's id.</summary>
    public Hash32 JobId(Hash32 genesis) => Ids.Derive(genesis, "job", Account, Nonce);
}
