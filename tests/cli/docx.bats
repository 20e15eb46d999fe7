#!/usr/bin/env bats
# Stories as word processors save them.
load helper

# Writes a .docx: its name, then what stands in the body; P(...) is a paragraph of plain text.
make_docx() {
	python3 - "$1" "$2" <<-'EOF'
		import re, sys, zipfile
		w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
		body = re.sub(r"P\((.*?)\)P", r"<w:p><w:r><w:t>\1</w:t></w:r></w:p>", sys.argv[2], flags=re.S)
		with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
		    z.writestr("[Content_Types].xml", '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
		    z.writestr("word/document.xml", "<w:document %s><w:body>%s</w:body></w:document>" % (w, body))
	EOF
}

make_odt() {
	python3 - "$1" "$2" <<-'EOF'
		import sys, zipfile
		ns = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
		with zipfile.ZipFile(sys.argv[1], "w") as z:
		    z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
		    z.writestr("content.xml", "<office:document-content %s><office:body><office:text><text:p>%s</text:p></office:text></office:body></office:document-content>" % (ns, sys.argv[2]))
	EOF
}

quotation='The harbour master told the embassy that “the ferry line would not be sold to any foreign owner”, according to a cable dated March 2, 2008 (140212: confidential).'

@test "a .docx is checked like the same story as text" {
	sample
	make_docx story.docx "P($quotation)P"
	run reftel check story.docx
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 verbatim"* ]]
	reftel check --json - <story.docx >report
	[ "$(json '[q["verdict"] for q in d["quotations"]]' <report)" = "['verbatim']" ]
}

@test "an .odt is checked like the same story as text" {
	sample
	make_odt story.odt "$quotation"
	run reftel check story.odt
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 verbatim"* ]]
}

@test "a tracked deletion is not in the story, and an insertion is" {
	sample
	make_docx story.docx '<w:p><w:r><w:t>The harbour master said “the ferry line would </w:t></w:r><w:del><w:r><w:delText>certainly soon </w:delText></w:r></w:del><w:ins><w:r><w:t>not </w:t></w:r></w:ins><w:r><w:t>be sold to any foreign owner”, says cable 140212.</w:t></w:r></w:p>'
	reftel check --json story.docx >report || [ $? -eq 1 ]
	[ "$(json '[q["verdict"] for q in d["quotations"]]' <report)" = "['verbatim']" ]
}

@test "the line of a finding is the paragraph's number" {
	sample
	make_docx story.docx "P(A headline)P P(A first paragraph that quotes nobody at all.)P P(The cable 140212 says “the ferry line would never be sold to any foreign buyer”.)P"
	run reftel check story.docx
	[ "$status" -eq 1 ]
	[[ "$output" == *"line 3"* ]]
}

@test "a short last paragraph is story too" {
	sample
	make_docx story.docx "P(A long enough first paragraph, with a sentence that ends. And one more of them.)P P(“The ferry line would not be sold to any foreign owner” (140212))P"
	reftel check --json story.docx >report || [ $? -eq 1 ]
	[ "$(json 'len(d["quotations"])' <report)" = 1 ]
}

@test "a damaged, a foreign and a hostile document are refused with the reason" {
	sample
	make_docx good.docx "P($quotation)P"
	head -c 300 good.docx >cut.docx
	echo "Dear editor" >text.docx
	python3 - <<-'EOF'
		import zipfile
		with zipfile.ZipFile("other.zip", "w") as z:
		    z.writestr("a.txt", "hello")
		with zipfile.ZipFile("bomb.docx", "w", zipfile.ZIP_DEFLATED) as z:
		    z.writestr("[Content_Types].xml", "wordprocessingml")
		    z.writestr("word/document.xml", " " * (60 << 20))
	EOF
	run reftel check cut.docx
	[ "$status" -eq 3 ]
	[[ "$output" == *"cut.docx"*"damaged or cut off"* ]]
	run reftel check text.docx
	[ "$status" -eq 3 ]
	[[ "$output" == *"no zip archive"* ]]
	run reftel check other.zip
	[ "$status" -eq 3 ]
	[[ "$output" == *"no .docx or .odt"* ]]
	run reftel check bomb.docx
	[ "$status" -eq 3 ]
	[[ "$output" == *"200 times"* ]]
}

@test "in a folder a broken document costs itself" {
	sample
	mkdir stories
	make_docx stories/a.docx "P($quotation)P"
	make_odt stories/b.odt "$quotation"
	echo "PK no" >stories/c.docx
	echo "$quotation" >stories/d.txt
	run reftel check stories
	[ "$status" -eq 1 ]
	[ "$(grep -c '^fine' <<<"$output")" -eq 3 ]
	[[ "$output" == *"not read"*"c.docx"* ]]
}

@test "without the program that reads documents a .docx is refused, and text is read" {
	sample
	make_docx story.docx "P($quotation)P"
	echo "$quotation" >story.txt
	REFTEL_LIBEXEC=$work run reftel check story.docx
	[ "$status" -eq 3 ]
	[[ "$output" == *"reftel-worker-docx is not in"* ]]
	REFTEL_LIBEXEC=$work run reftel check story.txt
	[ "$status" -eq 0 ]
}
