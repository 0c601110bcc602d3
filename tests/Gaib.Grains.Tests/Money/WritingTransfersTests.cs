using Gaib.Abstractions.Money;
using Gaib.Client.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>What docs/reference/transfers.md shows; another test holds the page to these lines.</summary>
public sealed class WritingTransfersTests
{
    [Theory]
    [InlineData("person1", Reason.None, 50)]
    [InlineData("nobody", Reason.InsufficientFunds, 0)]
    public async Task Page_AsWritten_MovesWhatItSays(string name, Reason expected, int gain)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (payer, payee) = (AccountId.Person(TestNetwork.Key(name).Address), AccountId.Person(TestNetwork.Key("payee").Address));

        Assert.Equal(expected, await AsWrittenAsync(cluster.Grains, payer, payee));
        Assert.Equal(gain, (await cluster.Book.GetBalance(payee, AssetId.Gaib)).Posted);
    }

    private static async Task<Reason> AsWrittenAsync(IGrainFactory grains, AccountId payer, AccountId payee)
    {
        await using var writer = await TransferWriter.OpenAsync(grains.GetGrain<IBookGrain>(0));
        var answer = await writer.SendAsync(new Transfer { Debit = payer, Credit = payee, Amount = 25 });
        if (!answer.Applied)
        {
            return answer.Result;
        }

        // Linked to the next one: both, or none.
        Transfer[] chain =
        [
            new() { Debit = payer, Credit = payee, Amount = 30, Flags = TransferFlags.Linked },
            new() { Debit = payee, Credit = AccountId.Treasury, Amount = 5 },
        ];
        var answers = await writer.SendAsync(chain);
        return answers[1].Result;
    }
}
