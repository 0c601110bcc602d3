namespace Gaib.Domain.Models;

/// <summary>
/// A model's life. Commands arrive here with signature, nonce and deadline already checked; what is checked here is whether the
/// account may, and whether the model is in the state for it.
/// </summary>
public static class ModelRule
{
    /// <summary>The version of this rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Registers a model, or refuses parents that leave nothing for the model itself.</summary>
    public static Outcome<ModelEvent> Register(ModelRecord record)
    {
        if (ParentShare.Check(record.Parents) is { } rejection)
        {
            return rejection;
        }

        return record.WeightsHash.IsZero
            ? new Rejection(Reason.FieldOutOfRange, Subject: "weightsHash")
            : new ModelRegistered(record);
    }

    /// <summary>Issues the shares, once.</summary>
    public static Outcome<ModelEvent> Issue(ModelState model, ShareIssueInputs inputs, ClassUnits classes)
    {
        if (model.Issue is not null)
        {
            return new Rejection(Reason.WrongState, Subject: "issue");
        }

        var own = inputs with { Model = model.Record.Id, Developer = model.Record.Developer, Parents = model.Record.Parents };
        var issue = ShareIssueRule.Decide(own, classes);
        return issue.Accepted ? issue.Value : issue.Rejection;
    }

    /// <summary>Sets a price from the next sequence of the book on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="command">The developer's command.</param>
    /// <param name="fromSequence">The sequence from which it is in force; above that of the last price.</param>
    public static Outcome<ModelEvent> Decide(ModelState model, SetPrice command, ulong fromSequence)
    {
        if (command.Model != model.Record.Id)
        {
            return new Rejection(Reason.NotFound, Subject: command.Model.ToString());
        }

        if (command.Account != model.Record.Developer)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: command.Account.ToString());
        }

        if (FeeRule.CheckPrice(command.UnitPrice, command.HostUnitFee) is { } rejection)
        {
            return rejection;
        }

        return model.Prices is [.., var last] && fromSequence <= last.FromSequence
            ? new Rejection(Reason.FieldOutOfRange, (Int128)last.FromSequence + 1, fromSequence, "fromSequence")
            : new PriceSet(PriceRecord.Of(model.Record.Id, command.UnitPrice, command.HostUnitFee, fromSequence));
    }

    /// <summary>Divides the fee of a receipt by the price it names.</summary>
    /// <param name="model">The model.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="protocolFeePpm">The parameter in force.</param>
    public static Outcome<ModelEvent> TakeFee(ModelState model, Receipt receipt, uint protocolFeePpm)
    {
        foreach (var price in model.Prices)
        {
            if (price.Id == receipt.Price)
            {
                return new FeeTaken(receipt.Hash, FeeRule.Split(price, receipt.Units, protocolFeePpm, model.FeeRemainder));
            }
        }

        return new Rejection(Reason.NotFound, Subject: receipt.Price.ToString());
    }

    /// <summary>The state after an event; the state before is null exactly for the registration.</summary>
    public static ModelState Evolve(ModelState? model, ModelEvent happened) => (model, happened) switch
    {
        (null, ModelRegistered registered) => new ModelState(registered.Record, null, [], 0),
        ({ Issue: null }, SharesIssued issue) => model with { Issue = issue },
        (not null, PriceSet set) => model with { Prices = model.Prices.Add(set.Price) },
        (not null, FeeTaken taken) => model with { FeeRemainder = taken.Split.Remainder },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} does not follow here."),
    };
}
