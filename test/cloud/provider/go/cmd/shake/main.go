// Command shake copies from a Terraform provider what some of its resources and data sources reach, so that a build of
// minutes takes the place of one of an hour. It knows declarations by their names alone: whatever is named like something that
// is reached stays as well, so nothing that is needed can be missing but by a name that is put together at run time.
//
//	shake -from FOLDER -to FOLDER -module OLD=NEW alicloud_vpc alicloud_vswitch ...
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A declaration at the top of a file, as small as it can stand alone.
type declaration struct {
	names    []string
	receiver string // of a method
	node     ast.Node
	file     *file
	kept     bool
}

type file struct {
	path  string // below the module
	tree  *ast.File
	decls []*declaration
	units map[ast.Node]*declaration
}

// Packages of the provider that are cut. What else is imported comes from its module as it is.
var packages = []string{"alicloud", "alicloud/connectivity", "alicloud/helper"}

// The struct with a client of each product: fields that nothing reads go, and with them the product's package.
const clients = "AliyunClient"

func main() {
	from := flag.String("from", "", "folder of the provider's module")
	to := flag.String("to", "", "folder for the packages")
	module := flag.String("module", "", "OLD=NEW: import paths that begin with OLD begin with NEW")
	flag.Parse()
	wanted := map[string]bool{}
	for _, name := range flag.Args() {
		wanted[name] = true
	}
	oldPath, newPath, ok := strings.Cut(*module, "=")
	if *from == "" || *to == "" || !ok || len(wanted) == 0 {
		flag.Usage()
		os.Exit(2)
	}
	files, positions := read(*from)
	for _, each := range files {
		registered(each.tree, wanted)
	}
	for name, open := range wanted {
		if open {
			log.Fatalf("the provider has no %s", name)
		}
	}
	all, names := reach(files, "Provider")
	for _, each := range files {
		write(each, names, positions, *to, oldPath, newPath)
	}
	kept := 0
	for _, each := range all {
		if each.kept {
			kept++
		}
	}
	fmt.Printf("%d of %d declarations\n", kept, len(all))
}

func read(root string) ([]*file, *token.FileSet) {
	positions := token.NewFileSet()
	var files []*file
	for _, name := range packages {
		paths, err := filepath.Glob(filepath.Join(root, name, "*.go"))
		check(err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			// Without comments: those that are left over where code is cut land anywhere.
			tree, err := parser.ParseFile(positions, path, nil, parser.SkipObjectResolution)
			check(err)
			below, err := filepath.Rel(root, path)
			check(err)
			files = append(files, &file{path: below, tree: tree, units: map[ast.Node]*declaration{}})
		}
	}
	return files, positions
}

// Takes out of the tables of resources and data sources those that are not wanted, and notes which are there.
func registered(tree *ast.File, wanted map[string]bool) {
	ast.Inspect(tree, func(node ast.Node) bool {
		pair, ok := node.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, isName := pair.Key.(*ast.Ident)
		table, isTable := pair.Value.(*ast.CompositeLit)
		if !isName || !isTable || (key.Name != "ResourcesMap" && key.Name != "DataSourcesMap") {
			return true
		}
		var left []ast.Expr
		for _, entry := range table.Elts {
			literal, ok := entry.(*ast.KeyValueExpr).Key.(*ast.BasicLit)
			if !ok {
				log.Fatal("an entry of the provider's tables has no literal name")
			}
			name, err := strconv.Unquote(literal.Value)
			check(err)
			if _, ok := wanted[name]; ok {
				wanted[name] = false
				left = append(left, entry)
			}
		}
		table.Elts = left
		return false
	})
}

// Marks what the root reaches. Returns all declarations, and every name that the kept ones use.
func reach(files []*file, root string) ([]*declaration, map[string]bool) {
	var all []*declaration
	for _, each := range files {
		for _, decl := range each.tree.Decls {
			for _, unit := range split(decl) {
				unit.file = each
				each.decls = append(each.decls, unit)
				each.units[unit.node] = unit
				all = append(all, unit)
			}
		}
	}
	names := map[string]bool{root: true, "init": true}
	for changed := true; changed; {
		changed = false
		for _, each := range all {
			if each.kept || !isReached(each, names) {
				continue
			}
			each.kept, changed = true, true
			note(each.node, names)
		}
		// A field may be reached after its struct.
		for _, each := range all {
			if each.kept && each.names[0] == clients && each.receiver == "" {
				for _, field := range fieldsOf(each.node).List {
					if names[field.Names[0].Name] {
						note(field.Type, names)
					}
				}
			}
		}
	}
	return all, names
}

func isReached(each *declaration, names map[string]bool) bool {
	if each.receiver != "" {
		// A method may be called through an interface of somebody else's: only those of types that talk to products can go.
		return names[each.receiver] && (names[each.names[0]] || !ofProduct.MatchString(each.receiver))
	}
	for _, name := range each.names {
		if name == "_" || names[name] {
			return true
		}
	}
	return false
}

var ofProduct = regexp.MustCompile(`(Service|ServiceV2|Client|Config)$`)

// Notes every name that is used in a declaration.
func note(node ast.Node, names map[string]bool) {
	ast.Inspect(node, func(inner ast.Node) bool {
		switch it := inner.(type) {
		case *ast.Ident:
			names[it.Name] = true
		case *ast.TypeSpec:
			if it.Name.Name == clients {
				return false
			}
		case *ast.FuncDecl:
			// Its own name and receiver's say nothing of what it uses.
			note(it.Type, names)
			if it.Body != nil {
				note(it.Body, names)
			}
			return false
		}
		return true
	})
}

func split(decl ast.Decl) []*declaration {
	switch it := decl.(type) {
	case *ast.FuncDecl:
		unit := &declaration{names: []string{it.Name.Name}, node: it}
		if it.Recv != nil {
			unit.receiver = typeName(it.Recv.List[0].Type)
		}
		return []*declaration{unit}
	case *ast.GenDecl:
		if it.Tok == token.IMPORT {
			return nil
		}
		var units []*declaration
		counted := it.Tok == token.CONST && usesIota(it)
		for _, spec := range it.Specs {
			unit := &declaration{node: spec}
			switch one := spec.(type) {
			case *ast.TypeSpec:
				unit.names = []string{one.Name.Name}
			case *ast.ValueSpec:
				for _, name := range one.Names {
					unit.names = append(unit.names, name.Name)
				}
			}
			units = append(units, unit)
		}
		if counted {
			// Values hang on the place in the group, so it stays whole.
			whole := &declaration{node: it}
			for _, unit := range units {
				whole.names = append(whole.names, unit.names...)
			}
			return []*declaration{whole}
		}
		return units
	}
	return nil
}

func usesIota(node ast.Node) bool {
	found := false
	ast.Inspect(node, func(inner ast.Node) bool {
		if name, ok := inner.(*ast.Ident); ok && name.Name == "iota" {
			found = true
		}
		return true
	})
	return found
}

func typeName(expr ast.Expr) string {
	switch it := expr.(type) {
	case *ast.StarExpr:
		return typeName(it.X)
	case *ast.Ident:
		return it.Name
	case *ast.IndexExpr:
		return typeName(it.X)
	}
	return ""
}

func fieldsOf(node ast.Node) *ast.FieldList {
	return node.(*ast.TypeSpec).Type.(*ast.StructType).Fields
}

// Writes what is kept of a file, with the imports that it uses.
func write(each *file, names map[string]bool, positions *token.FileSet, to, oldPath, newPath string) {
	used := map[string]bool{}
	var left []ast.Decl
	for _, decl := range each.tree.Decls {
		if whole, ok := each.units[decl]; ok {
			if whole.kept {
				left = append(left, decl)
			}
			continue
		}
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok == token.IMPORT {
			continue
		}
		var specs []ast.Spec
		for _, spec := range group.Specs {
			if each.units[spec].kept {
				specs = append(specs, spec)
			}
		}
		if group.Specs = specs; len(specs) > 0 {
			left = append(left, group)
		}
	}
	if len(left) == 0 {
		return
	}
	for _, decl := range left {
		cutClients(decl, names)
		ast.Inspect(decl, func(inner ast.Node) bool {
			if selector, ok := inner.(*ast.SelectorExpr); ok {
				if name, ok := selector.X.(*ast.Ident); ok {
					used[name.Name] = true
				}
			}
			return true
		})
	}
	imports := &ast.GenDecl{Tok: token.IMPORT, Lparen: 1, Rparen: 1}
	for _, spec := range each.tree.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		check(err)
		name := packageName(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name != "_" && name != "." && !used[name] {
			continue
		}
		if strings.HasPrefix(path, oldPath) {
			path = newPath + strings.TrimPrefix(path, oldPath)
		}
		// New nodes, without positions: those of the source would tear the group apart.
		fresh := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}}
		if spec.Name != nil {
			fresh.Name = ast.NewIdent(spec.Name.Name)
		}
		imports.Specs = append(imports.Specs, fresh)
	}
	each.tree.Comments, each.tree.Doc = nil, nil
	each.tree.Decls = left
	if len(imports.Specs) > 0 {
		each.tree.Decls = append([]ast.Decl{imports}, left...)
	}
	var text bytes.Buffer
	check(format.Node(&text, positions, each.tree))
	target := filepath.Join(to, each.path)
	check(os.MkdirAll(filepath.Dir(target), 0o755))
	check(os.WriteFile(target, text.Bytes(), 0o644))
}

func cutClients(decl ast.Decl, names map[string]bool) {
	group, ok := decl.(*ast.GenDecl)
	if !ok || group.Tok != token.TYPE {
		return
	}
	for _, spec := range group.Specs {
		if one, ok := spec.(*ast.TypeSpec); ok && one.Name.Name == clients {
			list := fieldsOf(one)
			var left []*ast.Field
			for _, field := range list.List {
				if names[field.Names[0].Name] {
					left = append(left, field)
				}
			}
			list.List = left
		}
	}
}

var version = regexp.MustCompile(`^v\d+$`)

// The name of a package by its import path, where the import gives none.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if version.MatchString(last) && len(parts) > 1 {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(last, ".")
	if other, ok := otherNames[last]; ok {
		return other
	}
	return last
}

// Packages that are not named like the end of their path.
var otherNames = map[string]string{
	"go-homedir": "homedir", "go-uuid": "uuid", "golang-set": "set", "go-jmespath": "jmespath", "fc-go-sdk": "fc",
	"aliyun-log-go-sdk": "sls", "go-cleanhttp": "cleanhttp", "aliyun-mns-go-sdk": "ali_mns", "credentials-go": "credentials",
	"jsonata-go": "jsonata", "go-multierror": "multierror", "go-version": "version",
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
