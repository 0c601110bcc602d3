using Gaib.Domain.Money;
using Gaib.Domain.Tests.Compute;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A book made again from its journal, or from a snapshot and the rest of the journal, is the same book to the byte.</summary>
public sealed class BookReplayTests
{
    private static readonly int Steps = Campaign.Size(3_000, 3_000);

    private static readonly AccountId[] People = [Alice, Bob, Carol];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Replay_OfRandomWork_IsTheSameBook(int seed)
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 1_000_000_000).Fund(Alice, 1_000_000).Fund(Bob, 1_000_000);
        var random = new Random(seed);
        var seen = new HashSet<Reason>();
        var reserved = new List<Transfer>();
        (FrozenBook? Frozen, byte[] Image, int Frames) snapshot = (null, [], 0);
        for (var i = 0; i < Steps; i++)
        {
            world.Now += random.Next(3);
            Step(world, random, reserved, seen);
            if (i == Steps / 2)
            {
                snapshot = (world.Book.Freeze(), Image(world.Book), world.Journal.Count);
            }
        }

        Assert.Superset(
            new HashSet<Reason> { Reason.None, Reason.InsufficientFunds, Reason.LinkedFailed, Reason.ReservationResolved, Reason.AmountZero },
            seen);
        var image = Image(world.Book);
        Assert.Equal(image, Image(world.Replayed()));

        // What was frozen in the middle has not changed by all that came after it.
        Assert.NotEqual(image, snapshot.Image);
        Assert.Equal(snapshot.Image, Image(snapshot.Frozen!));
        var restored = Book.Thaw(snapshot.Frozen!.Parts());
        Assert.Equal(snapshot.Image, Image(restored));
        world.Journal.Skip(snapshot.Frames).ToList().ForEach(frame => restored.Replay(frame.Payload, frame.At));
        Assert.Equal(image, Image(restored));
        Assert.Null(restored.Audit());
    }

    private static void Step(BookWorld world, Random random, List<Transfer> reserved, HashSet<Reason> seen)
    {
        var (from, to) = (People[random.Next(3)], People[random.Next(3)]);
        var amount = (UInt128)random.Next(1, 5_000);
        switch (random.Next(8))
        {
            case 0:
                seen.Add(world.Send(Move(from, Pool, amount)).Result);
                break;
            case 1:
                seen.Add(world.Send(Move(from, to, amount * 10_000) with { Asset = Shares }).Result);
                break;
            case 2:
                seen.Add(world.Send(new Transfer { Debit = Pool, Credit = to, Flags = TransferFlags.Collect }).Result);
                break;
            case 3:
                reserved.Add(world.Next(Move(from, to, amount) with { Phase = TransferPhase.Reserve, ExpiresAt = world.Now + random.Next(1, 40) }));
                seen.Add(world.SendAs(reserved[^1]).Result);
                break;
            case 4 when reserved.Count > 0:
                var phase = random.Next(2) == 0 ? TransferPhase.Post : TransferPhase.Void;
                seen.Add(world.Send(Resolve(reserved[random.Next(reserved.Count)], phase, amount)).Result);
                break;
            case 5:
                foreach (var answer in world.SendAll(Move(from, to, amount) with { Flags = TransferFlags.Linked }, Move(to, from, amount * 3)))
                {
                    seen.Add(answer.Result);
                }

                break;
            case 6:
                world.Submit(Command(from, (UInt128)random.Next(1_000), world.Now + 5), Move(from, to, amount));
                break;
            default:
                seen.Add(world.Send(Move(from, to, amount)).Result);
                break;
        }
    }
}
