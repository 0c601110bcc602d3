using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Money;
using Orleans.Concurrency;

namespace Gaib.Grains.Money;

/// <summary>A person's own commands over their own value. It holds nothing: the book is the truth.</summary>
[Reentrant]
[GrainType("gaib.account")]
internal sealed class AccountGrain(BookSender books, ICommandVerifier verifier, Network network) : Grain, IAccountGrain
{
    public Task<Outcome<BookReply>> Pay(Signed<Pay> command) =>
        books.ExecuteAsync(verifier, network, command, command.Command.ToTransfer());

    public async Task<Outcome<BookReply>> Stake(Signed<Stake> command)
    {
        var decided = StakeRule.Decide(await StakesAsync(), command.Command, network.Parameters);
        return decided.Accepted
            ? await books.ExecuteAsync(verifier, network, command, StakeOf(command.Command.Account, command.Command.Amount, staking: true))
            : decided.Rejection;
    }

    public async Task<Outcome<BookReply>> Unstake(Signed<Unstake> command)
    {
        var decided = StakeRule.Decide(await StakesAsync(), command.Command, network.Parameters);
        return decided.Accepted
            ? await books.ExecuteAsync(verifier, network, command, StakeOf(command.Command.Account, command.Command.Amount, staking: false))
            : decided.Rejection;
    }

    public Task<Balance> GetBalance(AssetId asset)
    {
        var person = AccountId.Person(Address.Parse(this.GetPrimaryKeyString()));
        return GrainFactory.BookOf(network, person, asset).GetBalance(person, asset);
    }

    private static Transfer StakeOf(Address account, UInt128 amount, bool staking)
    {
        var (person, stake) = (AccountId.Person(account), new AccountId(AccountKind.Stake, account));
        return new Transfer { Debit = staking ? person : stake, Credit = staking ? stake : person, Amount = amount };
    }

    private async Task<StakeState> StakesAsync()
    {
        var state = StakeState.Empty;
        foreach (var (account, balance) in await GrainFactory.BalancesAsync(network, AccountKind.Stake))
        {
            state = StakeRule.Evolve(state, new StakeChanged(account.Key, (UInt128)balance.Posted));
        }

        return state;
    }
}
