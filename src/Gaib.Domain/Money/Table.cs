using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>
/// Rows found by key, kept in the order of their insertion, while none is taken out, in blocks that never move, so that a row may be held by reference. While
/// a chain of linked transfers is open it keeps the old value of every touched row, so that the chain can be taken back whole. A
/// frozen view shares the blocks: whoever writes to a shared block first copies it.
/// </summary>
/// <typeparam name="TKey">The key; its hash codes must be spread over all 32 bits.</typeparam>
/// <typeparam name="TValue">The row, a mutable struct.</typeparam>
internal sealed class Table<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    // A block is what the first write after a freeze copies: a few microseconds at most.
    private const int BlockBits = 7;
    private const int BlockSize = 1 << BlockBits;
    private const int FirstSlots = 64;

    private readonly List<(int Index, TValue Old)> _undo = [];
    private Block[] _blocks = new Block[4];

    // Hash code in the upper half, index + 1 in the lower; 0 is free. A probe looks at a row only where the whole hash code is equal.
    private ulong[] _slots = new ulong[FirstSlots];
    private int _shift = 32 - BitOperations.Log2(FirstSlots);
    private int _countAtBegin = -1;
    private int _generation;

    public int Count { get; private set; }

    /// <summary>A row for reading.</summary>
    public ref readonly TValue this[int index] => ref _blocks[index >> BlockBits].Entries[index & (BlockSize - 1)].Value;

    public ref readonly TKey KeyAt(int index) => ref _blocks[index >> BlockBits].Entries[index & (BlockSize - 1)].Key;

    /// <summary>The index of the key's row, or -1. An index stays that row's for as long as the row is there.</summary>
    public int Find(in TKey key) => Find(key, (uint)key.GetHashCode());

    /// <summary>The same, the key's hash code being known.</summary>
    public int Find(in TKey key, uint hash) => (int)(uint)_slots[SlotOf(key, hash)] - 1;

    /// <summary>What lies where a search for the hash code begins; reading it brings that place near.</summary>
    public ulong Peek(uint hash) => _slots[hash >> _shift];

    public bool Contains(in TKey key) => Find(key) >= 0;

    /// <summary>The row of the key for reading; the default value where there is none.</summary>
    public TValue Get(in TKey key)
    {
        var index = Find(key);
        return index < 0 ? default : this[index];
    }

    /// <summary>The row of the key for writing, added if missing, its old value kept while a chain is open.</summary>
    public ref TValue Touch(scoped in TKey key)
    {
        var hash = (uint)key.GetHashCode();
        var slot = SlotOf(key, hash);
        var index = (int)(uint)_slots[slot] - 1;
        return ref index < 0 ? ref OwnRow(Add(key, hash, slot)) : ref Touch(index);
    }

    /// <summary>A row for writing, its old value kept while a chain is open.</summary>
    public ref TValue Touch(int index)
    {
        if (_countAtBegin >= 0 && index < _countAtBegin)
        {
            _undo.Add((index, this[index]));
        }

        return ref OwnRow(index);
    }

    public void Begin() => _countAtBegin = Count;

    public void Commit()
    {
        _undo.Clear();
        _countAtBegin = -1;
    }

    public void Rollback()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            OwnRow(_undo[i].Index) = _undo[i].Old;
        }

        while (Count > _countAtBegin)
        {
            var key = KeyAt(Count - 1);
            Close(SlotOf(key, (uint)key.GetHashCode()));
            OwnRow(--Count) = default;
        }

        Commit();
    }

    /// <summary>Takes a row out; the last one takes its place, and its index. No chain may be open.</summary>
    public void Remove(in TKey key)
    {
        var hole = SlotOf(key, (uint)key.GetHashCode());
        var index = (int)(uint)_slots[hole] - 1;
        if (index < 0)
        {
            return;
        }

        Close(hole);
        var last = Count - 1;
        if (index != last)
        {
            var moved = KeyAt(last);
            var hash = (uint)moved.GetHashCode();
            _slots[SlotOf(moved, hash)] = ((ulong)hash << 32) | (uint)(index + 1);
            OwnBlock(index >> BlockBits)[index & (BlockSize - 1)] = _blocks[last >> BlockBits].Entries[last & (BlockSize - 1)];
        }

        OwnBlock(last >> BlockBits)[last & (BlockSize - 1)] = default;
        Count--;
    }

    /// <summary>Makes room for that many rows, so that filling the table does not sort it again and again.</summary>
    public void Reserve(int count)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)int.Max(FirstSlots, 2 * count));
        if (size > _slots.Length)
        {
            Resize(size);
        }
    }

    /// <summary>The rows as they are now, for reading on another thread while this one goes on. No chain may be open.</summary>
    public FrozenTable<TKey, TValue> Freeze()
    {
        _generation++;
        var blocks = new Entry[(Count + BlockSize - 1) >> BlockBits][];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = _blocks[i].Entries;
        }

        return new FrozenTable<TKey, TValue>(blocks, Count, BlockBits);
    }

    private ref TValue OwnRow(int index) => ref OwnBlock(index >> BlockBits)[index & (BlockSize - 1)].Value;

    private Entry[] OwnBlock(int at)
    {
        ref var block = ref _blocks[at];
        if (block.Generation != _generation)
        {
            block = new Block([.. block.Entries], _generation);
        }

        return block.Entries;
    }

    private int Add(in TKey key, uint hash, int slot)
    {
        var index = Count++;
        var at = index >> BlockBits;
        if (at == _blocks.Length)
        {
            Array.Resize(ref _blocks, 2 * at);
        }

        if (_blocks[at].Entries is null)
        {
            _blocks[at] = new Block(new Entry[BlockSize], _generation);
        }

        OwnBlock(at)[index & (BlockSize - 1)].Key = key;
        _slots[slot] = ((ulong)hash << 32) | (uint)(index + 1);
        if (2 * Count > _slots.Length)
        {
            Resize(2 * _slots.Length);
        }

        return index;
    }

    private void Resize(int size)
    {
        var (old, slots, shift, mask) = (_slots, new ulong[size], 32 - BitOperations.Log2((uint)size), size - 1);
        foreach (var slot in old)
        {
            if (slot != 0)
            {
                var at = (int)((slot >> 32) >> shift);
                while (slots[at] != 0)
                {
                    at = (at + 1) & mask;
                }

                slots[at] = slot;
            }
        }

        (_slots, _shift) = (slots, shift);
    }

    /// <summary>Frees a slot, and moves up whatever was put behind it because it was taken: a search ends at the first free one.</summary>
    private void Close(int hole)
    {
        var mask = _slots.Length - 1;
        for (var at = (hole + 1) & mask; _slots[at] is not 0 and var slot; at = (at + 1) & mask)
        {
            var wanted = (int)((slot >> 32) >> _shift);
            if (((at - wanted) & mask) >= ((at - hole) & mask))
            {
                _slots[hole] = slot;
                hole = at;
            }
        }

        _slots[hole] = 0;
    }

    /// <summary>The slot of the key, or the free one where it would be.</summary>
    private int SlotOf(in TKey key, uint hash)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var at = (int)(hash >> _shift);
        while (slots[at] is not 0 and var slot && ((uint)(slot >> 32) != hash || !KeyAt((int)(uint)slot - 1).Equals(key)))
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    internal struct Entry
    {
        public TKey Key;
        public TValue Value;
    }

    private readonly record struct Block(Entry[] Entries, int Generation);
}

/// <summary>The rows of a table at one moment.</summary>
internal sealed class FrozenTable<TKey, TValue>(Table<TKey, TValue>.Entry[][] blocks, int count, int blockBits)
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public int Count => count;

    public ref readonly TKey KeyAt(int index) => ref blocks[index >> blockBits][index & ((1 << blockBits) - 1)].Key;

    public ref readonly TValue this[int index] => ref blocks[index >> blockBits][index & ((1 << blockBits) - 1)].Value;
}
