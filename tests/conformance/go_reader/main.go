// Command go_reader reads a Standclear log with software that has never heard of Standclear.
//
// It opens the published head with the Go checksum database's note and tlog packages, re-derives the root
// and every proof from the tile files, and compares them with the proofs that Standclear wrote; then it
// checks the same proofs with a second library, and the cosignatures and the receipt with a third.
//
// Usage: go_reader FOLDER, where FOLDER holds what tests/conformance/test_c2sp_go_reader.py exports.
// It prints "ok" and what it counted, or says what does not hold and exits with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	cosignature "github.com/transparency-dev/formats/note"
	tlogproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// export is what the test says about the log; every hash is base64.
type export struct {
	Log       string   `json:"log"`       // vkey, Ed25519
	Lasting   string   `json:"lasting"`   // vkey, ML-DSA-44
	Witnesses []string `json:"witnesses"` // vkeys of cosigners
	Size      int64    `json:"size"`      // of the published head
	Inclusion []struct {
		Index  int64    `json:"index"`
		Size   int64    `json:"size"`
		Hashes []string `json:"hashes"`
	} `json:"inclusion"`
	Consistency []struct {
		Old    int64    `json:"old"`
		New    int64    `json:"new"`
		Hashes []string `json:"hashes"`
	} `json:"consistency"`
}

// folder serves tile files; it is the tlog.TileReader of the log.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		// x/mod writes the height into the path; tlog-tiles does not.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func main() {
	log.SetFlags(0)
	at := folder(os.Args[1])
	var told export
	must(json.Unmarshal(at.read("export.json"), &told))

	tree := openHead(at, told)
	reader := tlog.TileHashReader(tree, at)
	leaves := checkEntries(at, tree)
	checkInclusion(told, reader, leaves)
	checkConsistency(told, reader)
	checkReceipt(at, tree, leaves)
	fmt.Printf("ok: %d entries, %d inclusion proofs, %d consistency proofs\n",
		tree.N, len(told.Inclusion), len(told.Consistency))
}

// openHead believes the head only if the log's two keys and every witness have signed it.
func openHead(at folder, told export) tlog.Tree {
	known := []note.Verifier{}
	plain, err := note.NewVerifier(told.Log)
	must(err)
	known = append(known, plain)
	for _, vkey := range append([]string{told.Lasting}, told.Witnesses...) {
		verifier, err := cosignature.NewVerifierForCosignatureV1(vkey)
		must(err)
		known = append(known, verifier)
	}
	head, err := note.Open(at.read("checkpoint"), note.VerifierList(known...))
	must(err)
	if len(head.Sigs) != len(known) {
		log.Fatalf("%d of %d known keys have signed the head", len(head.Sigs), len(known))
	}
	if len(head.UnverifiedSigs) != 1 {
		log.Fatalf("%d lines of unknown keys, not the one grease line", len(head.UnverifiedSigs))
	}
	lines := strings.Split(head.Text, "\n")
	root, err := tlog.ParseHash(lines[2])
	must(err)
	if lines[0] != plain.Name() || lines[1] != fmt.Sprint(told.Size) {
		log.Fatalf("head of %s at %s", lines[0], lines[1])
	}
	return tlog.Tree{N: told.Size, Hash: root}
}

// checkEntries reads every bundle, re-derives the root, and proves up to 1,000 entries from the tiles.
func checkEntries(at folder, tree tlog.Tree) []tlog.Hash {
	reader := tlog.TileHashReader(tree, at)
	var leaves []tlog.Hash
	for int64(len(leaves)) < tree.N {
		width := min(tree.N-int64(len(leaves)), 256)
		tile := tlog.Tile{H: 8, L: -1, N: int64(len(leaves)) / 256, W: int(width)}
		bundle := at.read(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		for range width {
			length := binary.BigEndian.Uint16(bundle)
			leaves = append(leaves, tlog.RecordHash(bundle[2:2+length]))
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			log.Fatal("bytes after the last entry of a bundle")
		}
	}
	// Every leaf hash stands where its tile says.
	for index := int64(0); index < tree.N; index += 256 {
		width := min(tree.N-index, 256)
		tile := tlog.Tile{H: 8, L: 0, N: index / 256, W: int(width)}
		content, err := at.ReadTiles([]tlog.Tile{tile})
		must(err)
		for offset := range width {
			if !bytes.Equal(content[0][32*offset:32*offset+32], leaves[index+offset][:]) {
				log.Fatalf("entry %d does not hash to its place in the tile", index+offset)
			}
		}
	}
	root, err := tlog.TreeHash(tree.N, reader)
	must(err)
	if root != tree.Hash {
		log.Fatal("the tiles do not lead to the root of the head")
	}
	step := max(1, len(leaves)/500)
	for index := 0; index < len(leaves); index += step {
		hashes, err := tlog.ProveRecord(tree.N, int64(index), reader)
		must(err)
		must(tlog.CheckRecord(hashes, tree.N, tree.Hash, int64(index), leaves[index]))
	}
	return leaves
}

func checkInclusion(told export, reader tlog.HashReader, leaves []tlog.Hash) {
	for _, given := range told.Inclusion {
		root, err := tlog.TreeHash(given.Size, reader)
		must(err)
		hashes, err := tlog.ProveRecord(given.Size, given.Index, reader)
		must(err)
		same(hashes, given.Hashes)
		must(proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(given.Index), uint64(given.Size),
			leaves[given.Index][:], decoded(given.Hashes), root[:]))
	}
}

func checkConsistency(told export, reader tlog.HashReader) {
	for _, given := range told.Consistency {
		older, err := tlog.TreeHash(given.Old, reader)
		must(err)
		newer, err := tlog.TreeHash(given.New, reader)
		must(err)
		hashes, err := tlog.ProveTree(given.New, given.Old, reader)
		must(err)
		same(hashes, given.Hashes)
		must(proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(given.Old), uint64(given.New),
			decoded(given.Hashes), older[:], newer[:]))
	}
}

// checkReceipt reads a .tlog-proof, and writes it again byte for byte.
func checkReceipt(at folder, tree tlog.Tree, leaves []tlog.Hash) {
	file := at.read("receipt.tlog-proof")
	var receipt tlogproof.TLogProof
	must(receipt.Unmarshal(file))
	if !bytes.Equal(receipt.Marshal(), file) || !bytes.Equal(receipt.Checkpoint, at.read("checkpoint")) {
		log.Fatal("the receipt does not survive being read and written")
	}
	var hashes [][]byte
	for _, hash := range receipt.Hashes {
		hashes = append(hashes, hash[:])
	}
	must(proof.VerifyInclusion(rfc6962.DefaultHasher, receipt.Index, uint64(tree.N),
		leaves[receipt.Index][:], hashes, tree.Hash[:]))
}

func (f folder) read(path string) []byte {
	content, err := os.ReadFile(filepath.Join(string(f), path))
	must(err)
	return content
}

func same(ours []tlog.Hash, given []string) {
	if len(ours) != len(given) {
		log.Fatalf("a proof of %d hashes, not %d", len(given), len(ours))
	}
	for at, hash := range ours {
		if hash.String() != given[at] {
			log.Fatal("a proof has another hash")
		}
	}
}

func decoded(given []string) [][]byte {
	hashes := [][]byte{}
	for _, text := range given {
		hash, err := base64.StdEncoding.DecodeString(text)
		must(err)
		hashes = append(hashes, hash)
	}
	return hashes
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
