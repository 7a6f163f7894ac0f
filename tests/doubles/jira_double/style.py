"""How the pages of the double look."""

STYLE = """
*{box-sizing:border-box}
body{margin:0;font:15px/1.45 system-ui,sans-serif;color:#1d2433;background:#f4f5f7}
header{background:#0b3d91;color:#fff;padding:.7rem 1.2rem}
header span{opacity:.85;margin-left:.6rem;font-size:.9em}
main{max-width:70rem;margin:0 auto;padding:1rem 1.2rem}
h1{font-size:1.5rem;margin:.4rem 0}
h2{font-size:1rem;margin:0 0 .6rem}
a{color:#0b3d91}
section{background:#fff;border:1px solid #dfe2e8;border-radius:6px;padding:1rem;margin:0 0 1rem}
.two{display:grid;grid-template-columns:minmax(0,2fr) minmax(16rem,1fr);gap:1rem}
.grid{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}
.grid label{display:grid;gap:.15rem;color:#505a6e;font-size:.9em}
.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-top:.6rem}
input,select,textarea,button{font:inherit;padding:.35rem .5rem;border:1px solid #8590a5;border-radius:4px}
input,select,textarea,button{background:#fff;color:inherit}
textarea{width:100%}
button{cursor:pointer;background:#eef1f6}
button.main{background:#0b6b3a;border-color:#0b6b3a;color:#fff}
:focus-visible{outline:3px solid #4c8dff}
table{border-collapse:collapse;width:100%;background:#fff}
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid #e4e7ec}
ul{padding-left:1.1rem;margin:.3rem 0}
small{color:#505a6e}
.text{white-space:pre-wrap;margin:.3rem 0}
.refused{color:#a3160f;font-weight:600}
.badge{display:inline-block;padding:.05rem .5rem;border-radius:3px;font-size:.85em;font-weight:600}
.badge.new{background:#dfe2e8}
.badge.indeterminate{background:#cfe1fd;color:#08306f}
.badge.done{background:#cdeedb;color:#08482a}
@media(max-width:50rem){.two,.grid{grid-template-columns:1fr}
}
"""
